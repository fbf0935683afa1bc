#!/bin/sh
# A small project: the files that a change must stay out of, and two that it may be in.
mkdir -p src .claude/commands
printf '{ "name": "cli", "scripts": { "test": "jest" } }\n' > package.json
printf 'export const run = (args) => args;\n' > src/cli.js
printf '# cli\n\n- Show that the tests pass before you finish.\n' > CLAUDE.md
printf -- '---\ndescription: Runs the checks\n---\n\nRun `npm test` and say what failed.\n' > .claude/commands/check.md

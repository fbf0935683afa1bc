// Writes the tables of docs/compatibility.md anew from the fixtures.
import { readFileSync, writeFileSync } from "node:fs";
import { withTables } from "../support/exporters/compatibility.ts";

const file = new URL("../../docs/compatibility.md", import.meta.url);
writeFileSync(file, withTables(readFileSync(file, "utf8")));

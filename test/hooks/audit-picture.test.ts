import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  emptyPlanOf,
  entriesOf,
  judgeWrite,
  openAudited,
  OTHER_RUN,
  put,
  readAudit,
  RUN,
  VALID,
  writePlan,
  ENGINEER,
  startAudit,
} from "../support/hook/audited.ts";
import { DRAWN, phase, PICTURE, pictureIn, WITH_PICTURE, written } from "../support/hook/drawn.ts";
import { PLAN } from "../support/replay/audit.ts";
import { openHookSession } from "../support/hook/session.ts";

describe("the picture of the audited run", () => {
  test("is put below its trace when the model writes the plan, and kept with it", async () => {
    const session = await openAudited(openHookSession(), DRAWN);
    const plan = await written(session, VALID);
    expect(plan).toBe(WITH_PICTURE);
    expect(await writePlan(session, plan)).toBeNull();
    expect(readAudit(session, entriesOf(session)[0] ?? "")).toBe(WITH_PICTURE);
  });

  test.each([
    ["is there already", PICTURE],
    ["says something else", PICTURE.replace("explore 9", "explore 2")],
    ["is none of ours", "```mermaid\ngraph TD\n  a[Do it now] --> b\n```"],
  ])("is replaced by the computed one when what the model wrote %s", async (_how, picture) => {
    const session = await openAudited(openHookSession(), DRAWN);
    expect(
      await written(
        session,
        WITH_PICTURE.replace(PICTURE, () => picture),
      ),
    ).toBe(WITH_PICTURE);
  });

  test("is taken out of a plan about a run that has no phases", async () => {
    const session = await openAudited(openHookSession(), RUN);
    expect(await written(session, WITH_PICTURE)).toBe(VALID);
  });

  test("may be left out by an edit but not be changed by one", async () => {
    const session = await openAudited(openHookSession(), DRAWN);
    put(session, PLAN, WITH_PICTURE);
    const edit = async (from: string, to: string): Promise<string | null> => {
      const input = { file_path: join(session.project, PLAN), old_string: from, new_string: to };
      return (await session.call("Edit", input)).refusal;
    };
    expect(await edit(`${PICTURE}\n`, "")).toBeNull();
    expect(await edit("Goal: Let", "Goal: Make")).toBeNull();
    expect(await edit("explore 9", "explore 2")).toContain("is not the one that is computed from its summary");
  });

  test("stays valid after the audit, with another hand's correction of the plan", async () => {
    const session = await openAudited(openHookSession(), DRAWN);
    await writePlan(session, await written(session, VALID));
    await session.send("Stop");
    const corrected = WITH_PICTURE.replace("Risk: Medium", "Risk: High");
    expect(await written(session, corrected)).toBe(corrected);
    expect(await written(session, VALID)).toBe(VALID);
  });

  test("is drawn for the first five traces of a sample", async () => {
    const runs = Array.from({ length: 7 }, (_run, at) => ({ ...DRAWN, trace_id: `run-${at}`, goal: `Task ${at}` }));
    const session = openHookSession();
    await startAudit(session, [OTHER_RUN, ...runs]);
    await session.answer(ENGINEER, { issues: [] });
    const plan = await written(session, emptyPlanOf(OTHER_RUN, ...runs));
    const groups = plan.split("- Trace ID: ").slice(1);
    expect(groups.map((group) => group.includes("```mermaid"))).toEqual([
      false,
      ...Array.from({ length: 5 }, () => true),
      false,
      false,
    ]);
    expect(await written(session, plan)).toBe(plan);
  });

  test("counts calls where times are not recorded", async () => {
    const untimed = { ...phase({ explore: 4 }, 0, 0), start_ms: null, duration_ms: null };
    const phases = [untimed, { ...untimed, calls: { edit: 3 } }];
    const session = await openAudited(openHookSession(), { ...DRAWN, duration_ms: null, phases });
    const picture = pictureIn(await written(session, VALID));
    expect(picture).toContain("title 23 calls, partial_success, axis in calls\n  dateFormat x\n  axisFormat %Q\n");
    expect(picture).toMatch(/explore 4 :0, 4ms\n {2}edit 3 :4, 3ms\n$/u);
  });

  test.each([
    [1915, "1.9 s", "%S.%L"],
    [59_999, "59 s", "%M:%S"],
    [3 * 3_600_000 + 240_000, "3 h 4 min", "%H:%M"],
    [30 * 3_600_000, "30 h 0 min", "%Q"],
  ])("has an axis that suits a run of %i ms", async (duration_ms, length, axis) => {
    const phases = [phase({ run: 23 }, 0, duration_ms)];
    const session = await openAudited(openHookSession(), { ...DRAWN, duration_ms, phases });
    const picture = pictureIn(await written(session, VALID));
    expect(picture).toContain(` in ${length}, partial_success`);
    expect(picture).toContain(`axisFormat ${axis}\n`);
  });

  test.each([
    ["is a diagram of another kind", "graph TD\n  a --> b"],
    ["holds a sentence", PICTURE.slice(11, -3).replace("explore 9", "ignore the guardrails")],
    ["holds a link", `${PICTURE.slice(11, -4)}\n  click a href "https://example.com"`],
    ["holds a directive", `%%{init: {}}%%\n${PICTURE.slice(11, -4)}`],
    ["has no rows", PICTURE.slice(11, PICTURE.indexOf("  explore"))],
    ["is longer than a picture", `${PICTURE.slice(11, -4)}\n${"  edit 1 :00:00:00.000, 1ms\n".repeat(60).trimEnd()}`],
  ])("is refused outside of an audit when it %s", async (_what, inner) => {
    const session = openHookSession();
    expect(await judgeWrite(session, WITH_PICTURE)).toBeNull();
    const plan = WITH_PICTURE.replace(PICTURE, () => `\`\`\`mermaid\n${inner.trimEnd()}\n\`\`\``);
    expect(await judgeWrite(session, plan)).toContain("is no line of a run's picture");
  });

  test("is refused anywhere but below a trace, and without its end", async () => {
    const session = openHookSession();
    const above = VALID.replace("- Trace ID", () => `${PICTURE}\n\n- Trace ID`);
    expect(await judgeWrite(session, above)).toContain('stands below the "- Date: …" of its trace');
    const twice = WITH_PICTURE.replace(PICTURE, () => `${PICTURE}\n\n${PICTURE}`);
    expect(await judgeWrite(session, twice)).toContain("one for each trace");
    const open = WITH_PICTURE.replace(/ms\n```\n/u, "ms\n");
    expect(await judgeWrite(session, open)).toContain('has to be "- Trace ID: …"');
    const elsewhere = VALID.replace("## Files", () => `${PICTURE}\n\n## Files`);
    expect(await judgeWrite(session, elsewhere)).toContain("is none of its lines");
  });
});

import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes long: files that start the real CLI. The largest of the others come first, which is vitest's own order. */
const LONG = /\/test\/(?:cli\/|evals\.test|support\/claude\/)/u;

/** The order of the test files: a long one that begins last would have one core idle until it ends. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** A name that an exporter would write, for each in the language of the table (trace/exporters/names.ts). */
export const writtenNames = (names: readonly string[]): readonly string[] => [
  ...new Set(names.map((name) => name.replaceAll("#", "7").replaceAll(/\*+/gu, ""))),
];

// Control, format and unassigned characters can hide text from the human who reviews it; joiners occur in emoji.
const HIDDEN = /(?!\u200d)[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]|<!--/u;

/** Whether a line holds what a reader of the rendered text would not see. */
export function isHiding(line: string): boolean {
  return HIDDEN.test(line);
}

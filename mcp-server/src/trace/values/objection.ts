/** Words with which a human says that something went wrong, or asks for its opposite. */
const FAULT =
  /\b(?:no|nope|not|isn't|isnt|doesn't|doesnt|don't|dont|didn't|didnt|can't|cant|won't|shouldn't|never|stop|wait|wrong|still|again|instead|undo|revert|remove|broke\w*|bugs?|fail\w*|errors?|missing|fix|crash\w*|why)\b/iu;
/** Words that ask for a look around before anything is changed. */
const LOOK_UP =
  /\b(?:explore|investigate|research|review|audit|analy[sz]e|understand|find|look|search|check|read|study|explain|summari[sz]e|compare|plan|design|how|why|where|which|what)\b|\?/iu;

/** Whether a prompt states a fault; null where its words are not recorded. English only: others state none. */
export function statesFault(said: string | null): boolean | null {
  return said === null ? null : FAULT.test(said);
}

/** Whether a prompt asks for a look around; null where its words are not recorded. */
export function asksToLook(said: string | null): boolean | null {
  return said === null ? null : LOOK_UP.test(said);
}

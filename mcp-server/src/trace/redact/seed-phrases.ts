import { MARK } from "./secret-values.ts";

// Words that prose cannot do without and that no list of BIP 39 holds; twelve words without any are no sentence.
const PROSE =
  "the an to of is are was were in on at for with by from and or not but if it its as be been we my our your me no so do does did has had " +
  "should would could which while how why who their them these those here most some than after each every both via per using made get let " +
  "lets needs wants see shows show new yet may might being itself his her his us der die das und nicht mit den dem des ein eine einen auf " +
  "ich wir sie ist sind aber oder wie auch noch nur bei aus les une pour dans que est pas avec sur qui sont mais comme tout los las del por " +
  "para con una como pero sin sobre esta este dos das uma com mais isso che non per della sono questo anche yang dan untuk dengan ini itu " +
  "het een voor niet met zijn maar ook jest nie jak dla tak och det som att til";
// 12 to 24 words of 3 to 8 small letters (BIP 39), apart by spaces, commas or lines.
const WORD = `(?!(?:${PROSE.replaceAll(" ", "|")})(?![a-z]))[a-z]{3,8}`;
const PHRASE = new RegExp(`(?<![\\w/.-])(?:${WORD}[ ,\\n]{1,3}){11,23}${WORD}(?![\\w/-]|\\.\\w)`, "gu");

/** Takes out the words that restore a wallet. */
export function redactPhrase(text: string): string {
  return text.replace(PHRASE, MARK);
}

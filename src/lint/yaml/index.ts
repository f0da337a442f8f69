import type { Rule } from "../rule.ts";
import { controlCharacter } from "./controlCharacter.ts";
import { foldedList } from "./foldedList.ts";
import { hiddenCharacter } from "./hiddenCharacter.ts";
import { lostComma } from "./lostComma.ts";
import { lostComment } from "./lostComment.ts";
import { oddNumber } from "./oddNumber.ts";
import { yesNo } from "./yesNo.ts";

/** What every YAML file can get wrong, and what other readers of YAML read differently. */
export const yaml: readonly Rule[] = [
  yesNo,
  oddNumber,
  lostComment,
  lostComma,
  foldedList,
  controlCharacter,
  hiddenCharacter,
];

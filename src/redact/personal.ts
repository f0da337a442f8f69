import { isIban, isPublicV4, isPublicV6, passesLuhn } from "./proofs.ts";
import type { Shape } from "./redact.ts";

const separated = String.raw`\d(?:[ ./()-]{0,2}\d){6,14}`;

/**
 * What names a person. IP addresses only where they are public: loopback, private and link-local ones name machines of the
 * team, as do mail-like addresses below `.internal`, `.local` and the like.
 */
export const personal: readonly Shape[] = [
  {
    kind: "email",
    pattern:
      /(?<![\p{L}\p{N}.+%_-])[\p{L}\p{N}_+%][\p{L}\p{N}.+%_'-]{0,63}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}_-])/gu,
    fits: (value) => !/^git@|\.(?:internal|local|localdomain|lan|svc|cluster|localhost)$/i.test(value),
  },
  {
    kind: "iban",
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
    fits: isIban,
  },
  {
    kind: "card",
    pattern:
      /(?<![\w.-])(?:\d{13,19}|\d{4}(?<s>[ -])\d{4}\k<s>\d{4}\k<s>\d{1,7}|3\d{3}(?<t>[ -])\d{6}\k<t>\d{4,5})(?![\w-]|\.\d)/g,
    fits: passesLuhn,
  },
  {
    kind: "ssn",
    pattern: /(?<![\w.-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-]|\.\d)/g,
  },
  {
    kind: "ssn",
    pattern:
      /(?<keep>\b(?:ssn|social security (?:number|no\.?))\W{1,4}(?:is )?)\d{3}[ -]?\d{2}[ -]?\d{4}(?![\w-]|\.\d)/gi,
  },
  {
    kind: "phone",
    pattern: new RegExp(
      String.raw`(?<keep>\b(?:tel|phone|mobile|cell|fax|call|ring|dial|whatsapp|sms)(?: number| no)?[.:]?:? (?:me at |me on |us at |him at |her at |at |on )?)\+?\(?${separated}(?![\w-])`,
      "gi",
    ),
  },
  {
    kind: "phone",
    pattern: new RegExp(
      String.raw`(?<![\w.+-])\+[1-9]\d{0,2}(?:[ .-]?\(0?\d{1,4}\)|[ .-]?\d)(?:[ ./-]?\d){6,12}(?![\w-]|\.\d)`,
      "g",
    ),
  },
  {
    kind: "phone",
    pattern:
      /(?<![\w.+-])(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}(?=[-.]\d{3}[-.])[-.])[2-9]\d{2}[-. ]\d{4}(?![\w-]|\.\d)/g,
  },
  {
    kind: "phone",
    pattern:
      /(?<![\w.+:-])0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5}(?![\w-]|[.:]\d)|(?<![\w.+:-])0[1-9](?:(?<u>[ .])\d{2})(?:\k<u>\d{2}){3}(?![\w-]|[.:]\d)/g,
  },
  { kind: "ip", pattern: /(?<![\w.-]|version )\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g, fits: isPublicV4 },
  { kind: "ip", pattern: /(?<![\w:.])[23][0-9a-f]{3}(?:::?[0-9a-f]{1,4}){1,7}(?:::)?(?![\w:])/gi, fits: isPublicV6 },
];

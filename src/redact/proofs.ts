/** ISO/IEC 7812: the number of a payment card, by its issuer's first digits, its length and its check digit. */
export function passesLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  const issued =
    /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|62\d{14,17})$/;
  if (!issued.test(digits)) return false;
  let sum = 0;
  for (const [index, digit] of digits.split("").reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the first four characters moved behind, letters as 10 to 35, remainder 1 of 97. */
export function isIban(text: string): boolean {
  const plain = text.replaceAll(" ", "");
  if (plain.length < 15 || plain.length > 34) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4))
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** A host on the internet: not loopback, private, link-local, shared, multicast or reserved (RFC 6890). */
export function isPublicV4(text: string): boolean {
  const [a = 0, b = 0, ...rest] = text.split(".").map(Number);
  if ([a, b, ...rest].some((octet) => octet > 255) || /(?:^|\.)0\d/.test(text)) return false;
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  return !(a === 192 && b === 168) && !(a === 169 && b === 254);
}

/** Global unicast, 2000::/3, written in full or with one "::". */
export function isPublicV6(text: string): boolean {
  const [head = "", tail, ...more] = text.split("::");
  const groups = [...head.split(":"), ...(tail ?? "").split(":")].filter((group) => group !== "");
  return more.length === 0 && (tail === undefined ? groups.length === 8 : groups.length < 8);
}

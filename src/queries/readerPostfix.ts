import { extend, moveAt, moveOffset } from "./moments.ts";
import { behind } from "./nesting.ts";
import type { Length, Part } from "./part.ts";
import type { Reader } from "./reader.ts";

/** `operand[5m]`, `operand[1h:1m]` */
export function readWindow(reader: Reader, to: number, plain: boolean): Part {
  const lengths: Length[] = [];
  const [of] = reader.parts((child) => {
    if (child === "DurationExpr") lengths.push(reader.length());
  });
  const [window, step] = lengths;
  return behind(of!, (operand) => {
    const common = { type: "range vector", of: operand, window: window!, from: operand.from, to } as const;
    return plain ? { kind: "range", ...common } : { kind: "subquery", ...common, step };
  });
}

/** `operand offset 5m` */
export function readOffset(reader: Reader, to: number): Part {
  let [from, offset]: [number, Length | undefined] = [to, undefined];
  const [of] = reader.parts((child) => {
    if (child === "Offset") ({ from } = reader.span());
    else if (child === "OffsetDurationExpr") offset = reader.length();
  });
  return behind(of!, (operand) => moveOffset(operand, offset!, { from, to }, reader.misplaced));
}

/** `operand @ 1700000000`, `operand @ end()` */
export function readMoment(reader: Reader, to: number): Part {
  let from = to;
  const [of, moment] = reader.parts((child) => {
    if (child === "At") ({ from } = reader.span());
  });
  const seconds = moment?.kind === "number" ? moment.value : undefined;
  return behind(of!, (operand) => moveAt(operand, { from, to, seconds }, reader.misplaced));
}

/** `operand smoothed`, `operand anchored` */
export function readExtended(reader: Reader, to: number): Part {
  let from = to;
  const [of] = reader.parts((child) => {
    if (child !== "LineComment") ({ from } = reader.span());
  });
  return behind(of!, (operand) => extend(operand, { from, to }, reader.misplaced));
}

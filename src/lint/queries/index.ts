import type { Rule } from "../rule.ts";
import { averagedQuantiles } from "./averagedQuantiles.ts";
import { dividesByZero } from "./dividesByZero.ts";
import { dollarsPerSecond } from "./dollarsPerSecond.ts";
import { filteredVerdict } from "./filteredVerdict.ts";
import { logql } from "./logql.ts";
import { logqlOrAnd } from "./logqlOrAnd.ts";
import { logqlUnwrap } from "./logqlUnwrap.ts";
import { missingTotal } from "./missingTotal.ts";
import { neverHolds } from "./neverHolds.ts";
import { orAnd } from "./orAnd.ts";
import { promql } from "./promql.ts";
import { qualityLimit } from "./qualityLimit.ts";
import { quantilePerSeries } from "./quantilePerSeries.ts";
import { quantileRange } from "./quantileRange.ts";
import { quantileWithoutLe } from "./quantileWithoutLe.ts";
import { rateAfterSum } from "./rateAfterSum.ts";
import { rateOfGauge } from "./rateOfGauge.ts";
import { ratioPercent } from "./ratioPercent.ts";
import { rawCounter } from "./rawCounter.ts";
import { shortWindow } from "./shortWindow.ts";
import { sidesMayNotMatch } from "./sidesMayNotMatch.ts";
import { sidesNeverMatch } from "./sidesNeverMatch.ts";
import { sql } from "./sql.ts";
import { staticQuality } from "./staticQuality.ts";
import { unknownMetric } from "./unknownMetric.ts";
import { zeroWithoutLabels } from "./zeroWithoutLabels.ts";

/** What is wrong with a query, or answers another question than the one that was meant. */
export const queries: readonly Rule[] = [
  promql,
  sidesNeverMatch,
  sidesMayNotMatch,
  ratioPercent,
  dollarsPerSecond,
  rateOfGauge,
  rateAfterSum,
  rawCounter,
  missingTotal,
  unknownMetric,
  quantileWithoutLe,
  quantileRange,
  quantilePerSeries,
  averagedQuantiles,
  neverHolds,
  orAnd,
  filteredVerdict,
  dividesByZero,
  zeroWithoutLabels,
  shortWindow,
  staticQuality,
  qualityLimit,
  logql,
  logqlUnwrap,
  logqlOrAnd,
  sql,
];

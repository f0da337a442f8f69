/** Words that stand where a value could, and are none. */
const words =
  /^(?:null|none|nil|undefined|true|false|yes|no|required|optional|missing|empty|redacted|hidden|masked|secret|password|token|changed?|unset|expired|invalid|wrong|incorrect|string|text|env|file|command|vault|the|not|and|reset|rotated|default|unknown|valid|correct|was|has|must|should|please|again|field|prompt|input|policy|manager|protected|authentication|[*x.\-_•#]+)[.,;:!?)]*$/i;

/** Stands for a value that is elsewhere: ${DB_PASSWORD}, {{ password }}, <password>, [password 3f9a], *alias, process.env.X; Unleash's tokens begin with `*:` and are values. */
const reference = /^(?:[$%{<[@(]|\*(?!:)|os\.|process\.|env[.:]|vault:|file:|secret:|ref:|arn:|config\.|settings\.)/i;

/** Is there a value at all, where the name says that it is secret? */
export function hasValue(value: string): boolean {
  return !words.test(value) && !reference.test(value);
}

/** "llm-gateway-tls-v2", "gpt-4o-mini", "acme.support": words that somebody chose for people to read. */
const name = /^[a-z]{2,}\d{0,3}(?:[-_./:][a-z]{2,}\d{0,3}|[-_./:]v?\d{1,4})*[.,;:!?)]*$/i;

/** Numbers with a unit, times, dates, versions. */
const figure = /^[+-]?\d[\d.,:/_-]*(?:[a-zµ%]{0,4}|[TZ][\d:.Z+-]*)(?:\/[a-z]{1,6})?[.,;:!?)]*$/i;

/** Could a machine have drawn it? */
export function isRandom(value: string): boolean {
  if (value.length < 8 || !hasValue(value) || figure.test(value)) return false;
  if (/^[0-9a-f-]{24,}$/i.test(value) && /\d/.test(value)) return true;
  const mixed = /\d/.test(value) && /[a-z]/i.test(value);
  return (mixed && !name.test(value)) || (value.length >= 20 && /[a-z][A-Z]|[A-Z][a-z]+[A-Z]/.test(value));
}

/** What has a JSON Schema. */
export const schemaNames = ["runbook", "project", "signals", "test", "catalogue", "models"] as const;
export type SchemaName = (typeof schemaNames)[number];

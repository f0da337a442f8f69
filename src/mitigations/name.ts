import { z } from "zod";

/** A name as it stands in somebody's settings: of a model, a provider, a version. */
export const nameSchema = z.string().trim().min(1).max(200);

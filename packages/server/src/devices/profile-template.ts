export type * from "@sluice/core/profiles/profile-template.ts";

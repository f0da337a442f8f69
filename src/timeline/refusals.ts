import { exit, UserError } from "../errors.ts";

export function unknownIncident(incident: string): UserError {
  return new UserError({
    what: `There is no incident ${JSON.stringify(incident)} here.`,
    next: "llmops incident list",
    code: exit.usage,
  });
}

export function damagedRecord(incident: string, why: string): UserError {
  return new UserError({
    what: `The record of ${incident} is damaged (${why}): nothing is erased in it, so that what happened to it can be seen.`,
    next: `llmops incident check ${incident}`,
  });
}

export function newerWrote(incident: string): UserError {
  return new UserError({
    what: `A newer llmops wrote to ${incident}: this one does not understand all of it and adds nothing to it.`,
    next: "update llmops, or act by hand",
  });
}

export function cutBeneath(incident: string, file: string): UserError {
  return new UserError({
    what: `${file} no longer holds what this program read or wrote there: somebody changed, cut or replaced it.`,
    next: `llmops incident check ${incident}`,
    code: exit.conflict,
  });
}

export function tookOver(incident: string): UserError {
  return new UserError({
    what: `Somebody removed our lock on ${incident} and works on it now: nothing more is written here.`,
    next: `llmops incident show ${incident}, then llmops incident resume ${incident}`,
    code: exit.conflict,
  });
}

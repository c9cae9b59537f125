import type { GroupMember } from "./alert-store.ts";

/** Anything with a place and, perhaps, a group. */
interface Placed {
  readonly id: string;
  readonly organizationId: number;
  readonly siteId: number | null;
  readonly assetId: number | null;
  readonly group: string | null;
}

/**
 * Which alerts of a group are open at one place: an asset, or the site for what stands at none. The alert that joins an empty
 * group is its first-out; the others may be its consequences.
 */
export class OpenGroups {
  private readonly members = new Map<string, Set<string>>();

  constructor(open: readonly GroupMember[]) {
    for (const member of open) this.join(member);
  }

  /** True for the first one. */
  join(alert: Placed): boolean {
    if (alert.group === null) return false;
    const place = placeOf(alert);
    const members = this.members.get(place) ?? new Set();
    this.members.set(place, members.add(alert.id));
    return members.size === 1;
  }

  leave(alert: Placed): void {
    if (alert.group !== null) this.members.get(placeOf(alert))?.delete(alert.id);
  }
}

function placeOf({ organizationId, siteId, assetId, group }: Placed): string {
  return JSON.stringify([organizationId, assetId === null ? `site ${siteId}` : `asset ${assetId}`, group]);
}

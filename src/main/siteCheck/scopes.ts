/** What each role would ask for, by the app's own choice (session/scopes.ts), and what of it cannot be asked for here. */
import type { RoleKind } from '../../preload/contract.ts';
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { missingScopes, scopesFor, type Offer } from '../session/scopes.ts';
import type { Site } from '../site.ts';
import { line, missing, ok, warning, type Outcome } from './lines.ts';

/** What a role asks of a server that lists nothing, and not of this one. */
export function leftOut(role: RoleKind | null, offer: Offer): string[] {
  const asked = scopesFor(role, offer).split(' ');
  return scopesFor(role, { ...offer, scopesSupported: null }).split(' ').filter((scope) => !asked.includes(scope));
}

function ofRole(role: RoleKind, offer: Offer): Outcome {
  const needed = missingScopes(role, scopesFor(role, offer), offer);
  if (needed.length > 0) return missing(`not listed: ${needed.join(', ')}`);
  const identity = leftOut(null, offer);
  const others = leftOut(role, offer).filter((scope) => !identity.includes(scope));
  return others.length > 0 ? warning(`not listed, and not asked for: ${others.join(', ')}`) : ok(offer.scopesSupported === null ? 'the server lists none, and is asked for all of them' : 'all of them');
}

function ofIdentity(offer: Offer): Outcome {
  const unlisted = leftOut(null, offer);
  if (unlisted.length === 0) return ok(offer.permissionV2 ? 'all of them, as SMART v2 spells them' : 'all of them, as SMART v1 spells them (no permission-v2)');
  // An Organization gives a role its name on screen, and nothing else.
  return (unlisted.some((scope) => !scope.includes('/Organization.')) ? missing : warning)(`not listed: ${unlisted.join(', ')}`);
}

export function checkScopes(site: Site, offer: Offer): SiteCheckLine[] {
  const without = (role: RoleKind, has: boolean, none: string) => (has ? ofRole(role, offer) : ok(none));
  return [
    line('scopes.identity', ofIdentity(offer)),
    line('scopes.clinician', ofRole('clinician', offer)),
    line('scopes.manager', without('manager', site.roles.manager.length > 0, 'the site file has no managers')),
    line('scopes.second-reader', without('guardian', site.secondReaders.length > 0, 'the site file names no second reader')),
  ];
}

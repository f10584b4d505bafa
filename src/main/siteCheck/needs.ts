/** Why a line was not tried: which line before it must be in order first. */
import type { RoleKind } from '../../preload/contract.ts';
import type { Group, SiteCheckLine } from '../../preload/siteCheck.ts';
import { entries } from './lines.ts';

export const NEEDS_SIGN_IN = 'a sign-in is needed';

const servers = ['site.file', 'network.fhir', 'network.issuer'];
const documents = [...servers, 'sign-in.smart', 'sign-in.provider'];
/** Without these nobody can sign in (session/discovery.ts), and then what is read of a person, in its order. */
const signIn = [...documents, 'sign-in.issuer', 'sign-in.endpoints', 'sign-in.pkce', 'person.sign-in', 'person.claims', 'person.practitioner', 'person.role', 'person.scopes'];
const listed = [...signIn, 'worklist.search'];

/** Ids in the order in which they are looked at. */
const needs: Readonly<Record<Group, readonly string[]>> = {
  site: servers, network: servers, 'sign-in': documents, scopes: documents, fhir: ['site.file', 'network.fhir', 'fhir.metadata'],
  person: signIn, record: [...signIn, 'record.create'], worklist: listed, evidence: [...listed, 'evidence.recording'], media: [...listed, 'record.create', 'evidence.recording', 'evidence.decision'], stops: signIn, reviews: signIn, console: signIn,
};

const withoutPerson: readonly Group[] = ['site', 'network', 'sign-in', 'scopes', 'fhir'];
const ofClinicians: readonly Group[] = ['worklist', 'evidence', 'media', 'reviews'];
const isOfManagers = (id: string, group: Group): boolean => group === 'console' || id === 'record.read';

/** @param found every line that was looked at @param who is signed in; null where nobody is, and undefined where somebody should be and it did not work */
export function whyNotTried(id: string, group: Group, found: ReadonlyMap<string, SiteCheckLine>, who: RoleKind | null | undefined): string {
  if (who === 'clinician' && isOfManagers(id, group)) return 'only a manager or second reader tries this';
  if (who && who !== 'clinician' && ofClinicians.includes(group)) return 'only a clinician tries this';
  // Of metadata nothing more than a warning is ever said.
  const lacking = needs[group].find((one) => ['missing', 'not-tried'].includes(found.get(one)?.mark ?? 'ok') || (one === 'fhir.metadata' && found.get(one)?.mark === 'warning'));
  if (lacking !== undefined) return `${lacking} is needed first: ${entries.get(lacking)?.looked}`;
  return who === null && !withoutPerson.includes(group) ? NEEDS_SIGN_IN : 'what it hangs on is missing';
}

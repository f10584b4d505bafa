import type { WithId } from '@medplum/core';
import type { Device, List, Organization, Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { people, type Person, type RoleName } from '../people.ts';
import { ODS, ROLE_CODES } from '../site.ts';
import { GMC_NUMBER, JOB_ROLE, ODS_CODE, SDS_ROLE_PROFILE_ID, SDS_USER_ID, VR } from '../systems.ts';

/** The practice, its people and their roles, what transcribes, and its empty stop list. */
export function staff(date: string): (WithId<Organization> | WithId<Device> | WithId<Practitioner> | WithId<PractitionerRole> | WithId<List>)[] {
  return [organization(), transcriber(), ...people.map(practitioner), ...people.flatMap((person) => person.roles.map((role) => practitionerRole(person, role))), stopList(date)];
}

/** Where a person holds one role its id is `role-<practitioner>`; a second one says which. */
export function roleId(person: Person, role: RoleName): string {
  return `role-${person.practitionerId}${role === person.roles[0] ? '' : `-${role}`}`;
}

function organization(): WithId<Organization> {
  return { resourceType: 'Organization', id: 'org-1', identifier: [{ system: ODS_CODE, value: ODS }], active: true, name: 'Demo Surgery' };
}

/** The author of transcripts. */
function transcriber(): WithId<Device> {
  return { resourceType: 'Device', id: 'asr-1', status: 'active', deviceName: [{ name: 'Demo speech recognition', type: 'user-friendly-name' }], owner: { reference: 'Organization/org-1' } };
}

function practitioner({ practitionerId, sdsUserId, gmcNumber, family, given, prefix }: Person): WithId<Practitioner> {
  return {
    resourceType: 'Practitioner',
    id: practitionerId,
    identifier: [{ system: SDS_USER_ID, value: sdsUserId }, ...(gmcNumber ? [{ system: GMC_NUMBER, value: gmcNumber }] : [])],
    active: true,
    name: [{ use: 'official', family, given: [given], ...(prefix ? { prefix: [prefix] } : {}) }],
  };
}

function practitionerRole(person: Person, role: RoleName): WithId<PractitionerRole> {
  const { code, display } = ROLE_CODES[role];
  return {
    resourceType: 'PractitionerRole',
    id: roleId(person, role),
    identifier: [{ system: SDS_ROLE_PROFILE_ID, value: `9550000000${{ clinician: 1, manager: 2, guardian: 3 }[role]}${person.sdsUserId.slice(-1)}` }],
    active: true,
    practitioner: { reference: `Practitioner/${person.practitionerId}`, display: person.name },
    organization: { reference: 'Organization/org-1', display: 'Demo Surgery' },
    code: [{ coding: [{ system: JOB_ROLE, code, display }], text: display }],
  };
}

function stopList(date: string): WithId<List> {
  return {
    resourceType: 'List',
    id: 'stop-list',
    status: 'current',
    mode: 'working',
    title: 'Stop list',
    code: { coding: [{ system: `${VR}/CodeSystem/list`, code: 'stop-list' }] },
    date,
    source: { reference: 'PractitionerRole/role-pm-1' },
  };
}

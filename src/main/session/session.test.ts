import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoleKind } from '../../preload/contract.ts';
import type { PractitionerRole } from '../fhir/resources.ts';
import { JOB_ROLE, testSite } from '../site.fixture.ts';
import { IdleLock } from './idle.ts';
import { rolesToChoose, SECOND_READER, sessionRoles } from './roles.ts';
import { missingScopes, scopesFor, type Offer } from './scopes.ts';

const all: Offer = { scopesSupported: null, permissionV2: true };

describe('scopes', () => {
  const asked = (role: RoleKind | null, offer = all) => scopesFor(role, offer).split(' ');

  it('before a role is chosen ask who is there and nothing else', () => {
    expect(asked(null)).toEqual(['openid', 'fhirUser', 'profile', 'user/Practitioner.rs', 'user/PractitionerRole.rs', 'user/Organization.rs']);
  });

  it('of a manager can never fetch media nor read notes', () => {
    const reads = asked('manager').filter((scope) => /(Binary|Questionnaire|QuestionnaireResponse|Communication)\.[a-z]*[rs]/.test(scope));
    expect(reads).toEqual([]);
    expect(scopesFor('manager', { ...all, permissionV2: false })).not.toContain('user/Binary.read');
  });

  it.each<[string, Offer]>([['', all], [' in the former spelling', { ...all, permissionV2: false }]])('of a second reader are the manager’s to read, and write nothing but their own record%s', (_spelling, offer) => {
    const writes = (scope: string) => /\.([rs]*[cud]|write)/.test(scope);
    expect(asked('guardian', offer).filter(writes)).toEqual([offer.permissionV2 ? 'user/AuditEvent.c' : 'user/AuditEvent.write']);
    expect(asked('guardian', offer).filter((scope) => !writes(scope)).sort()).toEqual(asked('manager', offer).filter((scope) => !writes(scope)).sort());
    expect(missingScopes('guardian', scopesFor('guardian', offer).replace(/user\/AuditEvent\.r\S*/, ''), offer)).toHaveLength(1);
  });

  it('of a clinician include no right to assign or to stop', () => {
    for (const scope of ['user/Task.c', 'user/List.cu', 'user/AuditEvent.rs', 'user/Provenance.c', 'user/Binary.c']) expect(asked('clinician')).not.toContain(scope);
    expect(asked('clinician')).toEqual(expect.arrayContaining(['user/Task.rs', 'user/Binary.r', 'user/AuditEvent.c', 'offline_access']));
  });

  it('are those that the server lists, in its version’s spelling', () => {
    expect(asked('clinician', { scopesSupported: ['openid', 'user/Task.rs'], permissionV2: true }).filter((s) => s.startsWith('user/'))).toEqual(['user/Task.rs']);
    expect(asked('clinician', { scopesSupported: ['openid', 'user/*.rs'], permissionV2: true })).toContain('user/Binary.r');
    const v1 = asked('clinician', { ...all, permissionV2: false });
    expect(v1).toEqual(expect.arrayContaining(['user/Task.read', 'user/Task.write', 'user/Binary.read', 'user/AuditEvent.write']));
    expect(new Set(v1).size).toBe(v1.length);
  });

  it('that were not granted and are needed are named', () => {
    expect(missingScopes('clinician', undefined, all)).toEqual([]);
    expect(missingScopes('clinician', scopesFor('clinician', all), all)).toEqual([]);
    expect(missingScopes('clinician', scopesFor('clinician', all).replace('user/Binary.r ', ''), all)).toEqual(['user/Binary.r']);
    expect(missingScopes('manager', 'openid', { ...all, permissionV2: false })).toEqual(['user/AuditEvent.read']);
  });
});

describe('roles', () => {
  const NOW = Date.parse('2026-11-20T12:00:00Z');
  const role = (change: Partial<PractitionerRole> = {}): PractitionerRole => ({
    resourceType: 'PractitionerRole', id: 'role-1', active: true, practitioner: { reference: 'Practitioner/gp-1' }, code: [{ coding: [{ system: JOB_ROLE, code: 'R8000' }], text: 'GP' }], ...change,
  });
  const rolesOf = (...roles: PractitionerRole[]) => sessionRoles(roles, 'gp-1', testSite(), NOW);

  it('are what the site file makes of a PractitionerRole’s codes', () => {
    expect(rolesOf(role())).toEqual([{ id: 'role-1', kind: 'clinician', name: 'GP' }]);
    expect(rolesOf(role({ code: [{ coding: [{ system: JOB_ROLE, code: 'R8000' }] }, { coding: [{ system: JOB_ROLE, code: 'R8006' }] }] })).map(({ kind }) => kind)).toEqual(['clinician', 'manager']);
    expect(rolesOf(role({ practitioner: { reference: 'https://practice.example/fhir/Practitioner/gp-1' } }))).toHaveLength(1);
    expect(rolesOf(role({ period: { start: '2026-01-01', end: '2026-11-20' } }))).toHaveLength(1);
  });

  it.each<[string, Partial<PractitionerRole>]>([
    ['inactive', { active: false }], ['of someone else', { practitioner: { reference: 'Practitioner/gp-2' } }], ['of nobody', { practitioner: undefined }],
    ['of someone with a longer id', { practitioner: { reference: 'OtherPractitioner/gp-1' } }], ['of a person elsewhere', { practitioner: { reference: 'https://elsewhere.example/fhir/Practitioner/gp-1' } }],
    ['of another code', { code: [{ coding: [{ system: JOB_ROLE, code: 'R9999' }] }] }], ['of another system', { code: [{ coding: [{ system: 'https://elsewhere.example', code: 'R8000' }] }] }],
    ['without a code', { code: undefined }], ['that ended', { period: { end: '2026-11-19' } }], ['that has not begun', { period: { start: '2026-11-21' } }],
  ])('%s are none', (_what, change) => {
    expect(rolesOf(role(change))).toEqual([]);
  });
});

describe('a second reader', () => {
  const NOW = Date.parse('2026-11-20T12:00:00Z');
  const site = testSite({ secondReaders: ['555000000007'] });
  const role = (id: string, code: string, change: Partial<PractitionerRole> = {}): PractitionerRole => ({ resourceType: 'PractitionerRole', id, active: true, practitioner: { reference: 'Practitioner/cg-1' }, code: [{ coding: [{ system: JOB_ROLE, code }] }], ...change });
  const chosen = (sds: string, ...roles: PractitionerRole[]) => rolesToChoose(roles, { practitioner: 'cg-1', sds }, site, NOW).map(({ id, kind, name }) => `${kind} ${id} ${name}`);

  it('is whom the site file names and who has any role here, beside what else they are', () => {
    expect(chosen('555000000007', role('role-1', 'R9999'))).toEqual([`guardian role-1 ${SECOND_READER}`]);
    expect(chosen('555000000007', role('role-1', 'R8000'), role('role-2', 'R8006'))).toEqual(['clinician role-1 Clinician', 'manager role-2 Practice manager', `guardian role-1 ${SECOND_READER}`]);
  });

  it.each<[string, string, PractitionerRole[]]>([
    ['nobody else', '555000000008', [role('role-1', 'R9999')]], ['nobody with a longer id', '5550000000070', [role('role-1', 'R9999')]], ['nobody without a role', '555000000007', []],
    ['nobody whose role has ended', '555000000007', [role('role-1', 'R9999', { active: false }), role('role-2', 'R9999', { period: { end: '2026-11-19' } })]],
    ['nobody by somebody else’s role', '555000000007', [role('role-1', 'R9999', { practitioner: { reference: 'Practitioner/gp-1' } })]],
  ])('is %s', (_what, sds, roles) => {
    expect(chosen(sds, ...roles)).toEqual([]);
  });
});

describe('the idle lock', () => {
  let warnings: (number | null)[];
  let locks: number;
  let idle: IdleLock;
  let minutes: number;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-11-20T12:00:00Z') });
    warnings = [];
    locks = 0;
    minutes = 10;
    idle = new IdleLock(() => minutes, (left) => warnings.push(left), () => {
      locks += 1;
    });
    idle.start();
  });
  afterEach(() => {
    idle.stop();
    vi.useRealTimers();
  });

  it('warns for a minute, then locks once', () => {
    vi.advanceTimersByTime(9 * 60_000 - 1000);
    expect(warnings).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(warnings).toEqual([60]);
    vi.advanceTimersByTime(59_000);
    expect([locks, warnings.at(-1)]).toEqual([0, 1]);
    vi.advanceTimersByTime(600_000);
    expect(locks).toBe(1);
  });

  it('warns in the second half of a time that is shorter than two minutes', () => {
    minutes = 1;
    vi.advanceTimersByTime(29_000);
    expect(warnings).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(warnings).toEqual([30]);
    vi.advanceTimersByTime(30_000);
    expect(locks).toBe(1);
  });

  it('starts over with activity and takes its warning back', () => {
    vi.advanceTimersByTime(9 * 60_000 + 30_000);
    idle.activity();
    expect(warnings.at(-1)).toBeNull();
    vi.advanceTimersByTime(9 * 60_000 - 1000);
    expect(locks).toBe(0);
    idle.activity();
    expect(warnings.filter((left) => left === null)).toHaveLength(1);
  });

  it('locks sooner while the time is shorter, and takes its warning back when it is not any more', () => {
    vi.advanceTimersByTime(30_000);
    minutes = 2;
    vi.advanceTimersByTime(40_000);
    expect(warnings.at(-1)).toBe(50);
    minutes = 10;
    vi.advanceTimersByTime(1000);
    expect(warnings.at(-1)).toBeNull();
    minutes = 2;
    vi.advanceTimersByTime(49_000);
    expect(locks).toBe(1);
  });

  it('is not put off by setting the clock back', () => {
    vi.advanceTimersByTime(60_000);
    vi.setSystemTime(Date.parse('2026-11-19T12:00:00Z'));
    vi.advanceTimersByTime(9 * 60_000);
    expect(locks).toBe(1);
  });

  it('locks at once when the computer slept through the time', () => {
    vi.setSystemTime(Date.parse('2026-11-20T15:00:00Z'));
    vi.advanceTimersByTime(1000);
    expect(locks).toBe(1);
  });
});

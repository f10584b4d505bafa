/** Who works at the demo practice. Everyone is invented; so are their numbers. */

/** `guardian`: whom the site file names as second reader; what their role is called at the practice does not matter. */
export type RoleName = 'clinician' | 'manager' | 'guardian';

export type Person = {
  username: string;
  password: string;
  name: string;
  prefix?: string;
  given: string;
  family: string;
  sdsUserId: string;
  gmcNumber?: string;
  practitionerId: string;
  roles: readonly RoleName[];
};

/** One password for all: this is a demo on loopback, and the start-up table prints it. */
const PASSWORD = 'demo-surgery-1';

export const people: readonly Person[] = [
  doctor('ada', 'gp-1', 'Ada', 'Sampleton', 1, ['clinician']),
  doctor('ben', 'gp-2', 'Ben', 'Exampleby', 2, ['clinician']),
  doctor('cara', 'gp-3', 'Cara', 'Testworth', 3, ['clinician']),
  doctor('dee', 'gp-4', 'Dee', 'Bothroles', 5, ['clinician', 'manager']),
  person('pat', 'pm-1', 'Pat', 'Demomanager', 4, ['manager']),
  person('cal', 'cg-1', 'Cal', 'Demoguardian', 7, ['guardian']),
  person('noel', 'nr-1', 'Noel', 'Norole', 6, []),
];

export function personCalled(username: string): Person {
  const found = people.find((one) => one.username === username);
  if (!found) throw new Error(`Nobody at the demo practice is called ${username}`);
  return found;
}

function person(username: string, practitionerId: string, given: string, family: string, number: number, roles: RoleName[]): Person {
  const sdsUserId = `5550000000${String(number).padStart(2, '0')}`;
  return { username, password: PASSWORD, name: `${given} ${family}`, given, family, sdsUserId, practitionerId, roles };
}

function doctor(username: string, practitionerId: string, given: string, family: string, number: number, roles: RoleName[]): Person {
  const base = person(username, practitionerId, given, family, number, roles);
  return { ...base, name: `Dr ${base.name}`, prefix: 'Dr', gmcNumber: `700000${number}` };
}

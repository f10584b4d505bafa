/** The search parameters this server knows, as data: their kind and the elements they look at. */

export type Kind = 'token' | 'reference' | 'date' | 'string' | 'uri';
export type Parameter = { kind: Kind; paths: readonly string[] };

const token = (...paths: string[]): Parameter => ({ kind: 'token', paths });
const reference = (...paths: string[]): Parameter => ({ kind: 'reference', paths });
const date = (...paths: string[]): Parameter => ({ kind: 'date', paths });
const text = (...paths: string[]): Parameter => ({ kind: 'string', paths });

const common: Record<string, Parameter> = {
  _id: token('id'),
  _lastUpdated: date('meta.lastUpdated'),
  _profile: { kind: 'uri', paths: ['meta.profile'] },
};

const own: Record<string, Record<string, Parameter>> = {
  Task: {
    owner: reference('owner'), focus: reference('focus'), patient: reference('for'), subject: reference('for'),
    encounter: reference('encounter'), requester: reference('requester'), status: token('status'), code: token('code'),
    identifier: token('identifier'), 'authored-on': date('authoredOn'), modified: date('lastModified'),
  },
  DocumentReference: {
    identifier: token('masterIdentifier', 'identifier'), patient: reference('subject'), subject: reference('subject'),
    author: reference('author'), custodian: reference('custodian'), encounter: reference('context.encounter'),
    related: reference('context.related'), status: token('status'), category: token('category'), type: token('type'),
    relatesto: reference('relatesTo.target'), relatesTo: reference('relatesTo.target'), relation: token('relatesTo.code'),
    'security-label': token('securityLabel'), date: date('date'), period: date('context.period'),
    contenttype: token('content.attachment.contentType'),
  },
  Encounter: {
    identifier: token('identifier'), patient: reference('subject'), subject: reference('subject'), status: token('status'),
    participant: reference('participant.individual'), practitioner: reference('participant.individual'), date: date('period'),
  },
  Patient: {
    identifier: token('identifier'), family: text('name.family'), given: text('name.given'), name: text('name.family', 'name.given'),
    birthdate: date('birthDate'), active: token('active'), link: reference('link.other'),
  },
  Practitioner: { identifier: token('identifier'), family: text('name.family'), given: text('name.given'), name: text('name.family', 'name.given'), active: token('active') },
  PractitionerRole: {
    identifier: token('identifier'), practitioner: reference('practitioner'), organization: reference('organization'),
    role: token('code'), active: token('active'),
  },
  Organization: { identifier: token('identifier'), name: text('name'), active: token('active') },
  Consent: {
    identifier: token('identifier'), patient: reference('patient'), data: reference('provision.data.reference'),
    purpose: token('provision.purpose'), status: token('status'), date: date('dateTime'), period: date('provision.period'),
  },
  Provenance: { target: reference('target'), entity: reference('entity.what'), agent: reference('agent.who'), recorded: date('recorded') },
  List: { identifier: token('identifier'), code: token('code'), status: token('status'), date: date('date'), source: reference('source') },
  Questionnaire: { url: { kind: 'uri', paths: ['url'] }, identifier: token('identifier'), status: token('status'), version: token('version'), name: text('name'), title: text('title') },
  QuestionnaireResponse: {
    identifier: token('identifier'), author: reference('author'), subject: reference('subject'), encounter: reference('encounter'),
    questionnaire: { kind: 'uri', paths: ['questionnaire'] }, status: token('status'), authored: date('authored'), 'based-on': reference('basedOn'),
  },
  Communication: {
    identifier: token('identifier'), sender: reference('sender'), recipient: reference('recipient'), subject: reference('subject'),
    patient: reference('subject'), about: reference('about'), 'part-of': reference('partOf'), status: token('status'), sent: date('sent'),
  },
  AuditEvent: {
    'entity-name': text('entity.name'), entity: reference('entity.what'), agent: reference('agent.who'), patient: reference('entity.what', 'agent.who'),
    'agent-name': text('agent.name'), source: reference('source.observer'), type: token('type'), subtype: token('subtype'),
    action: token('action'), outcome: token('outcome'), date: date('recorded'), 'entity-type': token('entity.type'), policy: { kind: 'uri', paths: ['agent.policy'] },
  },
  Device: { identifier: token('identifier') },
};

/** The types this server offers besides Binary. */
export const resourceTypes: readonly string[] = Object.keys(own);

export function parametersOf(type: string): Record<string, Parameter> | undefined {
  const known = own[type];
  return known && { ...common, ...known };
}

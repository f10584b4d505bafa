import type { SecretRule } from '../../preload/contract.ts';

export type SecretFault = 'empty' | 'not-digits' | 'too-short' | 'simple' | 'repeat-empty' | 'different';

/** Whether every step from one character to the next is the same and at most one: 111111, 123456, 987654. */
function isSimple(secret: string): boolean {
  const steps = Array.from(secret).slice(1).map((character, index) => (character.codePointAt(0) ?? 0) - (secret.codePointAt(index) ?? 0));
  const first = steps[0];
  return first !== undefined && Math.abs(first) <= 1 && steps.every((step) => step === first);
}

/** What is wrong with a new secret before the main process is asked, by field. */
export function checkNewSecret(rule: SecretRule, secret: string, repeat: string): { secret?: SecretFault; repeat?: SecretFault } {
  const fault = faultOf(rule, secret);
  if (fault) return { secret: fault };
  if (repeat === '') return { repeat: 'repeat-empty' };
  return repeat === secret ? {} : { repeat: 'different' };
}

/** The same for a change, where the present one is given too and the new one has to be another. */
export function checkChangedSecret(rule: SecretRule, present: string, secret: string, repeat: string): { present?: 'empty'; secret?: SecretFault | 'same'; repeat?: SecretFault } {
  const faults = secret !== '' && secret === present ? { secret: 'same' as const } : checkNewSecret(rule, secret, repeat);
  return present === '' ? { present: 'empty', ...faults } : faults;
}

function faultOf(rule: SecretRule, secret: string): SecretFault | undefined {
  if (secret === '') return 'empty';
  if (rule.kind === 'pin' && !/^\d+$/.test(secret)) return 'not-digits';
  if (Array.from(secret).length < rule.minLength) return 'too-short';
  return isSimple(secret) ? 'simple' : undefined;
}

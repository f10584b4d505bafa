/** The screens that are never the first, in a file of their own: see useInside.ts. */
export { IdleWarning } from './parts/IdleWarning.tsx';
export { Console } from './screens/console/Console.tsx';
export { KeptIncident } from './screens/console/KeptIncident.tsx';
export { HealthScreen } from './screens/HealthScreen.tsx';
export { Room } from './screens/Room.tsx';

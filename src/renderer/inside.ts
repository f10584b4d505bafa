/** The screens of who is in, in a file of their own: see useInside.ts. */
export { Console } from './screens/console/Console.tsx';
export { KeptIncident } from './screens/console/KeptIncident.tsx';
export { Room } from './screens/Room.tsx';

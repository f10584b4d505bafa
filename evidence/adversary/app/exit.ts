/** The ways out of the app. */
export type Exit = 'screen' | 'replies' | 'pushes' | 'ranges' | 'requests' | 'disk';

export interface Seen {
  exit: Exit;
  token: string;
  where: string;
}

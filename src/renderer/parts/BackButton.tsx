/** Looks like the NHS back link; a button, because it goes to no address. */
export function BackButton({ children, onPress }: { children: string; onPress: () => void }) {
  return <button type="button" className="vr-back" onClick={onPress}>{children}</button>;
}

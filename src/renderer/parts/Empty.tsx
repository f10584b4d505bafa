/** In place of a list that has nothing in it. */
export function Empty({ title, body }: { title: string; body: string }) {
  return (
    <div className="vr-empty">
      <h2 className="nhsuk-heading-s">{title}</h2>
      <p>{body}</p>
    </div>
  );
}

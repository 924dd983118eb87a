export function SimPage() {
  return <h1>SimPage</h1>;
}

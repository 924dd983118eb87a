export function Removals() {
  return <h1>Removals</h1>;
}

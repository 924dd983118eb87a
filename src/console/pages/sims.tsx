export function Sims() {
  return <h1>Sims</h1>;
}

export function Sweeps() {
  return <h1>Sweeps</h1>;
}

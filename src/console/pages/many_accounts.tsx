// The overview of more accounts than one looks through: one chooses by name, and those to be looked at first stand first.
import { foremost, othersText, urgencyOf } from "../foremost.ts";
import { count } from "../money.ts";
import { go } from "../navigation.ts";
import type { Account } from "../shapes.ts";
import { AccountRow } from "./overview.tsx";

export function AccountSelect({ account, names }: { account: string; names: readonly string[] }) {
  return (
    <select aria-label="Account" class={account === "" ? "unset" : ""} value={account} onChange={(event) => go("overview", [], { account: event.currentTarget.value })}>
      <option value="">All {count(names.length)} accounts</option>
      {names.map((name) => <option key={name} value={name}>{name}</option>)}
    </select>
  );
}

const mostShown = 8;

export function ManyAccounts({ accounts }: { accounts: readonly Account[] }) {
  const { shown, others } = foremost(accounts, mostShown, urgencyOf);
  return (
    <ul class="panel accounts" aria-label="Freshness">
      {shown.map((account) => <AccountRow key={account.account} account={account} />)}
      {others.length > 0 && <li class="muted">{othersText(others)}</li>}
    </ul>
  );
}

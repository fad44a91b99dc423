// What the scripts of JavaScript clients have in common: steps one after the other, each told on a line.
// The first step that does not hold ends the script with 1.
import assert from "node:assert/strict";

export { assert };
export const token = process.env.SANDBOX_TOKEN;
export const OWNER = "leder@fylket.example";
export const MEMBER = "radgiver@fylket.example";
export const MEETINGS = "moter@fylket.example";

export async function play(steps) {
  const known = {};
  for (const [what, step] of steps) {
    try {
      await step(known);
      process.stdout.write(`✓ ${what}\n`);
    } catch (error) {
      process.stdout.write(`✗ ${what}\n${error?.stack ?? error}\n${error?.body ?? ""}\n`);
      process.exit(1);
    }
  }
}

// Some seconds later by the sandbox's clock, for limits of one call a second.
export async function later() {
  const clock = `${process.env.SANDBOX_URL}/_sandbox/clock`;
  const { now } = await (await fetch(clock)).json();
  const moment = new Date(Date.parse(now) + 5_000).toISOString();
  await fetch(clock, { method: "POST", body: JSON.stringify({ now: moment }) });
}

export const group = (owner, member) => ({
  displayName: "Prøve",
  mailNickname: "prove",
  mailEnabled: true,
  securityEnabled: false,
  groupTypes: ["Unified"],
  visibility: "Private",
  "owners@odata.bind": [`https://graph.microsoft.com/v1.0/users/${owner}`],
  "members@odata.bind": [owner, member].map((id) => `https://graph.microsoft.com/v1.0/users/${id}`),
});

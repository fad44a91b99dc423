// @pnp/graph before the sandbox.
import { InjectHeaders, BrowserFetchWithRetry, DefaultParse } from "@pnp/queryable";
import { DefaultHeaders, DefaultInit, graphfi, graphPatch, graphDelete, GraphQueryable } from "@pnp/graph";
import "@pnp/graph/calendars/index.js";
import "@pnp/graph/files/index.js";
import "@pnp/graph/groups/index.js";
import "@pnp/graph/list-item/index.js";
import "@pnp/graph/lists/index.js";
import "@pnp/graph/mail/index.js";
import "@pnp/graph/members/index.js";
import "@pnp/graph/planner/index.js";
import "@pnp/graph/sites/index.js";
import "@pnp/graph/teams/index.js";
import "@pnp/graph/users/index.js";
import "@pnp/graph/batching.js";
import { MEETINGS, MEMBER, OWNER, assert, group, later, play, token } from "./steps.mjs";

const graph = graphfi().using(
  DefaultInit(), DefaultHeaders(), BrowserFetchWithRetry(), DefaultParse(),
  InjectHeaders({ Authorization: `Bearer ${token}` }),
);
const SITE = /^https:\/\/([^/]+)(\/.*)$/;

await play([
  ["users are found by address, and paged", async (known) => {
    for (const [name, mail] of [["owner", OWNER], ["member", MEMBER]]) {
      const [user] = await graph.users.filter(`mail eq '${mail}'`).select("id")();
      known[name] = user.id;
    }
    let seen = 0;
    for await (const page of graph.users.top(1)) seen += page.length;
    assert.equal(seen, 3);
  }],
  ["a group is made, with members", async (known) => {
    const { displayName, mailNickname, ...more } = group(known.owner, known.member);
    known.group = (await graph.groups.add(displayName, mailNickname, 0, more)).id;
    const members = graph.groups.getById(known.group).members;
    assert.deepEqual((await members()).map((user) => user.mail).sort(), [OWNER, MEMBER].sort());
    await members.getById(known.member).remove();
    await members.add(`https://graph.microsoft.com/v1.0/directoryObjects/${known.member}`);
    await assert.rejects(members.add(`https://graph.microsoft.com/v1.0/directoryObjects/${known.member}`), /400/);
  }],
  ["the group is upserted with a slash before its key", async () => {
    const keyed = GraphQueryable(graph.groups, "(uniqueName='prove2')").using(InjectHeaders({ Prefer: "create-if-missing" }));
    const made = await graphPatch(keyed, { body: JSON.stringify({ ...group("", ""), mailNickname: "prove2",
      "owners@odata.bind": [], "members@odata.bind": [] }) });
    assert.equal(made.uniqueName, "prove2");
    await graph.groups.getById(made.id).delete();
  }],
  ["a team is made of the group, with a channel", async (known) => {
    const made = await graph.teams.create({
      "template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')",
      "group@odata.bind": `https://graph.microsoft.com/v1.0/groups('${known.group}')`,
    });
    assert.equal(made.teamId, known.group);
    const team = graph.teams.getById(made.teamId);
    assert.equal((await team.getOperationById(made.operationId)).operationType, "createTeam");
    const { channel, data } = await team.channels.add("Ungdom");
    assert.equal((await channel()).displayName, "Ungdom");
    known.channel = data.id;
    assert.deepEqual((await team.channels()).map((each) => each.displayName), ["General", "Ungdom"]);
  }],
  ["a site is found by address, with a list and files", async (known) => {
    const root = await graph.groups.getById(known.group).sites.root();
    const [, host, path] = SITE.exec(root.webUrl);
    const site = await graph.sites.getByUrl(host, path);
    const made = await site.lists.add({ displayName: "Tiltak", list: { template: "genericList" } });
    await site.lists.getById(made.id).items.add({ fields: { Title: "Ett" } });
    assert.equal((await site.lists.getById(made.id).items.expand("fields")())[0].fields.Title, "Ett");
    const folder = await site.drive.root.children.addFolder({ name: "Mappe" });
    await site.drive.getItemById(folder.id).upload({ filePathName: "a.txt", content: "hei" });
    const [file] = await site.drive.getItemById(folder.id).children();
    assert.equal(await (await site.drive.getItemById(file.id).getContent()).text(), "hei");
    assert.equal((await graph.sites.root()).siteCollection.hostname, host);
  }],
  ["a meeting is booked in a calendar and cancelled", async () => {
    const user = graph.users.getById(MEETINGS);
    const at = (hour) => ({ dateTime: `2030-01-15T${hour}:00:00`, timeZone: "W. Europe Standard Time" });
    const [calendar] = await user.calendars();
    const booked = await user.calendars.getById(calendar.id).events.add({
      subject: "Styremøte", start: at("09"), end: at("11"), attendees: [{ emailAddress: { address: OWNER } }],
    });
    assert.equal((await user.calendar.events.getById(booked.id)()).subject, "Styremøte");
    const view = await user.calendarView("2030-01-15T00:00:00Z", "2030-01-16T00:00:00Z")();
    assert.equal(view.length, 1);
    await user.events.getById(booked.id).cancel("Avlyst");
    assert.deepEqual(await user.events(), []);
  }],
  ["a mail is drafted, sent, and lies in its folder", async () => {
    const user = graph.users.getById(MEETINGS);
    const draft = await user.messages.add({
      subject: "Hei", body: { contentType: "text", content: "Tekst" },
      toRecipients: [{ emailAddress: { address: MEMBER } }],
    });
    await user.messages.getById(draft.id).send();
    const folders = await user.mailFolders();
    const sent = folders.find((folder) => folder.displayName === "Sendte elementer");
    assert.equal((await user.mailFolders.getById(sent.id).messages())[0].subject, "Hei");
  }],
  ["a plan with a bucket and a task, changed with its etag", async (known) => {
    const plan = await graph.planner.plans.add({ title: "Plan", container: { url: `https://graph.microsoft.com/v1.0/groups/${known.group}` } });
    const bucket = await graph.planner.buckets.add({ name: "Å gjøre", planId: plan.id, orderHint: " !" });
    const task = await graph.planner.tasks.add({ planId: plan.id, bucketId: bucket.id, title: "Ring" });
    await graph.planner.tasks.getById(task.id).update({ title: "Ring opp" }, task["@odata.etag"]);
    assert.equal((await graph.planner.plans.getById(plan.id).tasks())[0].title, "Ring opp");
  }],
  ["a batch comes back in its own order", async (known) => {
    const [batched, execute] = graph.batched();
    const answers = [];
    for (const [index, id] of [known.owner, known.member, MEETINGS, OWNER, MEMBER].entries()) {
      batched.users.getById(id)().then((user) => { answers[index] = user.mail; });
    }
    await execute();
    assert.deepEqual(answers, [OWNER, MEMBER, MEETINGS, OWNER, MEMBER]);
  }],
  ["channel and group are deleted", async (known) => {
    await later();
    await graphDelete(graph.teams.getById(known.group).channels.getById(known.channel));
    await graph.groups.getById(known.group).delete();
    await assert.rejects(graph.groups.getById(known.group)(), /404/);
  }],
]);

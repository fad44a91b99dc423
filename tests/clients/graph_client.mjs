// Microsoft's JavaScript client of Graph before the sandbox.
import { BatchRequestContent, BatchResponseContent, Client, PageIterator } from "@microsoft/microsoft-graph-client";
import { MEETINGS, MEMBER, OWNER, assert, group, later, play, token } from "./steps.mjs";

const client = Client.init({ authProvider: (done) => done(null, token), fetchOptions: {} });

await play([
  ["users are found by address", async (known) => {
    for (const [name, mail] of [["owner", OWNER], ["member", MEMBER]]) {
      const { value } = await client.api("/users").filter(`mail eq '${mail}'`).select("id,displayName").get();
      known[name] = value[0].id;
    }
  }],
  ["an advanced query counts and searches", async () => {
    const found = await client.api("/users").header("ConsistencyLevel", "eventual").count(true)
      .search('"displayName:Leder"').get();
    assert.equal(found["@odata.count"], 1);
  }],
  ["pages are walked to their end", async () => {
    const seen = [];
    const first = await client.api("/users").top(1).select("mail").get();
    await new PageIterator(client, first, (user) => seen.push(user.mail)).iterate();
    assert.deepEqual(seen.sort(), [OWNER, MEETINGS, MEMBER].sort());
  }],
  ["a group is upserted by its alternate key, once", async (known) => {
    const made = await client.api("/groups(uniqueName='prove')").header("Prefer", "create-if-missing")
      .patch(group(known.owner, known.member));
    known.group = made.id;
    assert.equal(await client.api("/groups/(uniqueName='prove')").patch({ description: "Samarbeid" }), undefined);
  }],
  ["members are listed with a cast and counted", async (known) => {
    const { value } = await client.api(`/groups/${known.group}/members/microsoft.graph.user`).get();
    assert.deepEqual(value.map((user) => user.mail).sort(), [OWNER, MEMBER].sort());
    const count = await client.api(`/groups/${known.group}/members/$count`).header("ConsistencyLevel", "eventual").get();
    assert.equal(Number(count), 2);
    const mine = await client.api(`/users/${known.member}/memberOf/microsoft.graph.group`).get();
    assert.deepEqual(mine.value.map((each) => each.id), [known.group]);
  }],
  ["a team is made of the group, and shows its people", async (known) => {
    await client.api("/teams").post({
      "template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')",
      "group@odata.bind": `https://graph.microsoft.com/v1.0/groups('${known.group}')`,
    });
    const joined = await client.api(`/users/${known.member}/joinedTeams`).get();
    assert.deepEqual(joined.value.map((team) => team.id), [known.group]);
  }],
  ["a channel is made, with its folder", async (known) => {
    const made = await client.api(`/teams/${known.group}/channels`).post({ displayName: "Ungdom" });
    const folder = await client.api(`/teams/${known.group}/channels/${made.id}/filesFolder`).get();
    assert.equal(folder.name, "Ungdom");
    known.channel = made.id;
  }],
  ["a site is found by address, with a list, items and a file", async (known) => {
    const site = await client.api(`/groups/${known.group}/sites/root`).get();
    const { host, pathname } = new URL(site.webUrl);
    const made = await client.api(`/sites/${host}:${pathname}:/lists`).post({
      displayName: "Tiltak", list: { template: "genericList" }, columns: [{ name: "Status", text: {} }],
    });
    await client.api(`/sites/${site.id}/lists/${made.id}/items`).post({ fields: { Title: "Ett", Status: "Ny" } });
    const { value } = await client.api(`/sites/${site.id}/lists/${made.id}/items`).expand("fields").get();
    assert.equal(value[0].fields.Status, "Ny");
    await client.api(`/sites/${site.id}/drive/root:/Mappe/a.txt:/content`).put("hei");
    const stream = await client.api(`/sites/${site.id}/drive/root:/Mappe/a.txt:/content`).getStream();
    assert.equal(await new Response(stream).text(), "hei");
    assert.equal((await client.api("/sites/root").get()).siteCollection.hostname, host);
  }],
  ["a meeting is booked once, moved, read back and cancelled", async () => {
    const at = (hour) => ({ dateTime: `2030-01-15T${hour}:00:00`, timeZone: "W. Europe Standard Time" });
    const body = {
      subject: "Styremøte", start: at("09"), end: at("11"), transactionId: "5f0a8a4e-0000-4000-8000-000000000001",
      attendees: [{ emailAddress: { address: OWNER } }],
    };
    const booked = await client.api(`/users/${MEETINGS}/calendar/events`).post(body);
    await assert.rejects(client.api(`/users/${MEETINGS}/events`).post(body), { code: "ErrorDuplicateTransactionId" });
    await client.api(`/users/${MEETINGS}/events/${booked.id}`).patch({ start: at("10"), end: at("12") });
    const read = await client.api(`/users/${MEETINGS}/events/${booked.id}`)
      .header("Prefer", 'outlook.timezone="W. Europe Standard Time"').get();
    assert.match(read.start.dateTime, /^2030-01-15T10:00/);
    const { value: [calendar] } = await client.api(`/users/${MEETINGS}/calendars`).get();
    const listed = await client.api(`/users/${MEETINGS}/calendars/${calendar.id}/events`).get();
    assert.equal(listed.value.length, 1);
    await client.api(`/users/${MEETINGS}/events/${booked.id}/cancel`).post({ comment: "Avlyst" });
  }],
  ["a mail is sent, and lies in Sent Items", async () => {
    await client.api(`/users/${MEETINGS}/sendMail`).post({
      message: {
        subject: "Hei", body: { contentType: "text", content: "Tekst" },
        toRecipients: [{ emailAddress: { address: MEMBER } }],
      },
    });
    const { value } = await client.api(`/users/${MEETINGS}/mailFolders/sentitems/messages`).get();
    assert.equal(value[0].subject, "Hei");
    const folders = await client.api(`/users/${MEETINGS}/mailFolders`).get();
    assert.ok(folders.value.some((folder) => folder.displayName === "Innboks"));
  }],
  ["a batch is answered part by part, and a dependency is kept", async (known) => {
    const request = (path) => new Request(`https://graph.microsoft.com/v1.0${path}`, { method: "GET" });
    const content = new BatchRequestContent([
      { id: "1", request: request(`/groups/${known.group}`) },
      { id: "2", request: request("/users/nobody"), dependsOn: ["1"] },
      { id: "3", request: request("/users"), dependsOn: ["2"] },
    ]);
    const answers = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
    assert.deepEqual(["1", "2", "3"].map((id) => answers.getResponseById(id).status), [200, 404, 424]);
  }],
  ["channel and group are deleted", async (known) => {
    await later();
    await client.api(`/teams/${known.group}/channels/${known.channel}`).delete();
    await client.api(`/groups/${known.group}`).delete();
    await assert.rejects(client.api(`/groups/${known.group}`).get(), { statusCode: 404 });
  }],
]);

// Asks Teams for a token of the person who is signed in there, and gives it to us for a session. Nothing is kept here.
(async () => {
  const line = document.getElementById("sign-in");
  const { action, back, failed } = line.dataset;
  try {
    await microsoftTeams.app.initialize();
    const token = await microsoftTeams.authentication.getAuthToken();
    const answer = await fetch(action, { method: "POST", body: new URLSearchParams({ token }) });
    if (!answer.ok) throw new Error(String(answer.status));
    location.replace(back);
  } catch {
    line.textContent = failed;
  }
})();

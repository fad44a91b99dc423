// The identities of the service, none of which has a secret. What each may in Microsoft 365 stands in infra/permissions and
// is given by infra/scripts, because Azure's own roles are another thing than Graph's.
param name string
param location string
param tags object

// The Door faces the internet and may nothing in Graph.
resource door 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-door'
  location: location
  tags: tags
}

// The Hands work in teams, sites and mailboxes that exist.
resource hands 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-hands'
  location: location
  tags: tags
}

// The Builder makes groups, teams and sites. Its service principal is switched off between rollouts.
resource builder 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-builder'
  location: location
  tags: tags
}

// The bot writes to Teams, and to nothing else.
resource bot 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-bot'
  location: location
  tags: tags
}

output door object = { id: door.id, name: door.name, clientId: door.properties.clientId, principalId: door.properties.principalId }
output hands object = { id: hands.id, name: hands.name, clientId: hands.properties.clientId, principalId: hands.properties.principalId }
output builder object = { id: builder.id, name: builder.name, clientId: builder.properties.clientId, principalId: builder.properties.principalId }
output bot object = { id: bot.id, name: bot.name, clientId: bot.properties.clientId, principalId: bot.properties.principalId }

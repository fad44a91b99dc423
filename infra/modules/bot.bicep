// The bot's registration: a managed identity of this tenant speaks for it, so it is a bot of this tenant and has no secret.
param name string
param location string
param tags object
param identity object
param endpoint string

resource bot 'Microsoft.BotService/botServices@2023-09-15-preview' = {
  name: name
  location: location
  tags: tags
  kind: 'azurebot'
  sku: { name: 'F0' }
  properties: {
    displayName: 'Våre unge 365'
    endpoint: endpoint
    msaAppType: 'UserAssignedMSI'
    msaAppId: identity.clientId
    msaAppMSIResourceId: identity.id
    msaAppTenantId: tenant().tenantId
    disableLocalAuth: true
    isStreamingSupported: false
  }
}

resource teams 'Microsoft.BotService/botServices/channels@2023-09-15-preview' = {
  parent: bot
  name: 'MsTeamsChannel'
  location: location
  properties: {
    channelName: 'MsTeamsChannel'
    properties: { isEnabled: true, enableCalling: false, acceptedTerms: true, deploymentEnvironment: 'CommercialDeployment' }
  }
}

// Logs and measurements. They hold ids, never anybody's name, address or words.
param name string
param location string
param tags object
@description('Principal ids that may send measurements. Nobody sends them with a key.')
param writers array
@description('Days for which logs are kept; thirty are free of charge.')
param days int = 30
@description('Gigabytes a day past which nothing more is taken in: a fault that logs without end must not cost a fortune.')
param dailyGigabytes int = 1

// Monitoring Metrics Publisher
var publisher = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: days
    workspaceCapping: { dailyQuotaGb: dailyGigabytes }
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

resource mayWrite 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for writer in writers: {
  name: guid(insights.id, writer, publisher)
  scope: insights
  properties: { roleDefinitionId: publisher, principalId: writer, principalType: 'ServicePrincipal' }
}]

output workspaceId string = workspace.id
output connectionString string = insights.properties.ConnectionString

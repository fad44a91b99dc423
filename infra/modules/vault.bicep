// Holds the key of the integration at Ansattporten (infra/scripts/ansattporten.sh makes it there; it is never shown) and that of
// the pseudonyms in the data set for research (docs/azure.md says how it is made).
param name string
param location string
param tags object
@description('The Door\'s principal id. It reads the keys when it starts.')
param readerPrincipalId string

// Key Vault Secrets User
var reader = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
    networkAcls: { defaultAction: 'Allow', bypass: 'AzureServices' }
  }
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, reader)
  scope: vault
  properties: { roleDefinitionId: reader, principalId: readerPrincipalId, principalType: 'ServicePrincipal' }
}

output name string = vault.name
output ansattportenKeyUri string = '${vault.properties.vaultUri}secrets/ansattporten-key'
output researchKeyUri string = '${vault.properties.vaultUri}secrets/research-key'

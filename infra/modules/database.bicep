// PostgreSQL. People and apps sign in with Entra ID; there is no password that could be lost.
param name string
param location string
param tags object
param sku string
param backupDays int
param administratorsId string
param administratorsName string
@description('A subnet that is the server\'s own. Empty: it has a public address, behind the rules below.')
param subnetId string
param dnsZoneId string

var isPrivate = !empty(subnetId)

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: take(name, 63)
  location: location
  tags: tags
  sku: { name: sku, tier: startsWith(sku, 'Standard_B') ? 'Burstable' : 'GeneralPurpose' }
  properties: {
    version: '17'
    createMode: 'Default'
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled', tenantId: tenant().tenantId }
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: backupDays, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: 'Disabled' }
    network: isPrivate ? {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: dnsZoneId
      publicNetworkAccess: 'Disabled'
    } : {
      publicNetworkAccess: 'Enabled'
    }
    // Sunday night, local time: nothing leaves for people then.
    maintenanceWindow: { customWindow: 'Enabled', dayOfWeek: 0, startHour: 1, startMinute: 0 }
  }
}

// One change of a server at a time: each of those below waits for the one before it.
// Azure's own word for "services within Azure", and that is all this rule says: a token of an identity that the database
// knows is still asked of everybody. infra/scripts/database.sh opens it for an administrator's address and closes it again.
resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isPrivate) {
  parent: server
  name: 'AllowAllAzureServicesAndResourcesWithinAzureIps'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource administrators 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administratorsId
  properties: { principalName: administratorsName, principalType: 'Group', tenantId: tenant().tenantId }
  dependsOn: [ fromAzure ]
}

// After its administrators, who own it then. Made before them, it would be Azure's own, and nobody could make a table in it.
// In the order of signs: under a language's, what lies below a key is no range of keys, and `vareunge migrate` refuses it.
resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: 'vareunge'
  properties: { charset: 'UTF8', collation: 'C' }
  dependsOn: [ administrators ]
}

output id string = server.id
output name string = server.name
output host string = server.properties.fullyQualifiedDomainName
output database string = database.name

// A network of the service's own, for who wants the database in it. It costs nothing but the name zone's half dollar a month.
param name string
param location string
param tags object
@description('Beginning of the network\'s addresses; change it where the county\'s own networks are to be joined to it.')
param prefix string = '10.36.5'

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [ '${prefix}.0/24' ] }
    subnets: [
      {
        name: 'door'
        properties: {
          addressPrefix: '${prefix}.0/26'
          delegations: [ { name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } } ]
        }
      }
      {
        name: 'hands'
        properties: {
          addressPrefix: '${prefix}.64/26'
          delegations: [ { name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } } ]
        }
      }
      {
        name: 'database'
        properties: {
          addressPrefix: '${prefix}.128/28'
          delegations: [ { name: 'postgresql', properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' } } ]
        }
      }
      // For a machine of the county's own that looks after the database, or a gateway to the county's network.
      {
        name: 'administration'
        properties: { addressPrefix: '${prefix}.144/28' }
      }
    ]
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: '${name}.private.postgres.database.azure.com'
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = {
  parent: zone
  name: 'own'
  location: 'global'
  properties: { virtualNetwork: { id: network.id }, registrationEnabled: false }
}

output doorSubnetId string = '${network.id}/subnets/door'
output handsSubnetId string = '${network.id}/subnets/hands'
output databaseSubnetId string = '${network.id}/subnets/database'
output databaseZoneId string = zone.id

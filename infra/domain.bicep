// Our own address: a certificate that Azure renews, bound to it. Deployed by infra/scripts/domain.sh once the name leads here.
// Certificates of a Flex Consumption app of its own are new (2026) and were not tried by those who wrote this.
param doorName string
@description('For example vareunge.fylke.example. It has to be added to the app, and lead there, beforehand.')
param host string
param location string = resourceGroup().location

resource door 'Microsoft.Web/sites@2024-11-01' existing = {
  name: doorName
}

resource certificate 'Microsoft.Web/sites/certificates@2024-11-01' = {
  parent: door
  name: replace(host, '.', '-')
  location: location
  properties: { canonicalName: host }
}

resource binding 'Microsoft.Web/sites/hostNameBindings@2024-11-01' = {
  parent: door
  name: host
  properties: {
    hostNameType: 'Verified'
    customHostNameDnsRecordType: 'CName'
    sslState: 'SniEnabled'
    thumbprint: certificate.properties.thumbprint
  }
}

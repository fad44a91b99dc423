// Everything in Azure that Våre unge 365 runs on, for one county. Start with docs/install.md.
// Neither compiled nor deployed by those who wrote it: the Bicep compiler was not at hand. docs/azure.md says what was checked.
targetScope = 'subscription'

@description('Short name of the environment, lower-case letters and digits. It is part of every name.')
@minLength(2)
@maxLength(6)
param environmentName string

@description('Region of everything that holds data. Norway East keeps it in Norway.')
param location string = 'norwayeast'

@description('Region of the bot registration, which holds no messages. The European one keeps its settings in the EU.')
@allowed([ 'westeurope', 'global' ])
param botLocation string = 'westeurope'

@description('Our own address, for example https://vareunge.fylke.example. Empty: the address that Azure gives the Door.')
param publicUrl string = ''

@description('Last number of the Teams app\'s version. Raise it by one when its package has to say something else, such as another address.')
@minValue(0)
param teamsAppEdition int = 0

@description('Application id of the app registration that people sign in to (infra/scripts/sign-in.sh makes it). Empty: sign-in is off.')
param signInAppId string = ''

@description('Application id of the app registration that the Hands are towards Microsoft 365 (infra/scripts/hands-app.sh makes it). Empty: their managed identity itself, to which no team\'s consent may fall.')
param handsAppId string = ''

@description('The organizer mailboxes, with commas between them.')
param organizers string

@description('Addresses that may receive anything while you rehearse, with commas between them. Empty: nobody. *: everybody.')
param allowedRecipients string = ''

@description('Number of Microsoft 365 licences in the tenant: SharePoint\'s limits grow with them.')
@minValue(1)
param licences int = 1000

@description('Address of the county\'s accessibility statement at uustatus.no. Empty: none is shown.')
param accessibilityStatement string = ''

@description('The time zone of the programme. Empty: Europe/Oslo.')
param timezone string = ''
@description('How much the log says.')
@allowed([ 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL' ])
param logLevel string = 'INFO'

@description('Days between two looks for something of ours that is gone. 1 is every night before a working day.')
@minValue(1)
param driftDays int = 1
@description('Days between two looks at what the service may and has in Microsoft 365. 1 is every night.')
@minValue(1)
param doctorDays int = 1

@description('Name under which the municipalities\' own calendars are asked for. Empty: vaare-unge-365.')
param feedUserAgent string = ''

@description('The county\'s colour in PDF and Word files, such as #7A1F5C. Empty: #1E2B3C.')
param paperColour string = ''
@description('Name above papers. Empty: of the organisation that leads the programme.')
param paperOwner string = ''
@description('Logo above papers: name of a PNG or SVG file in the folder "county", which the package takes along. Empty: none.')
param paperLogo string = ''
@description('Template of Word files: name of a file in the same folder. Empty: our own.')
param wordTemplate string = ''
@description('The body that answers for the archive. Empty: the organisation that leads the programme.')
param archiveOwner string = ''
@description('Papers that are not open to everybody in the archive: minutes=UO: Offl. § 14; agenda=UO: Offl. § 14. Empty: none.')
param archiveRestrictions string = ''
@description('True where a data set for research is made: a key vault holds the key of its pseudonyms.')
param researchData bool = false

@description('Issuer of Ansattporten. Empty: that way of signing in is off, and no key vault is made for it.')
param ansattportenUrl string = ''
@description('Id of the integration at Ansattporten. Empty: the vault is there for the key, and nobody signs in that way yet.')
param ansattportenClientId string = ''

@description('Object id of the Entra group whose members look after the database and its migrations.')
param databaseAdministratorsId string
@description('That group\'s display name, by which its members sign in to the database.')
param databaseAdministratorsName string

@description('E-mail address that is told when something fails. A shared mailbox of the IT department\'s.')
param alertAddress string

@description('Size of the database. The smallest serves a county; docs/azure.md says what was measured.')
param databaseSku string = 'Standard_B1ms'
@description('The server that holds the database: one that was restored, by its name. Empty: the one that is made here.')
param databaseServer string = ''
@description('Days for which the database can be taken back to any moment.')
@minValue(7)
@maxValue(35)
param databaseBackupDays int = 14

@description('True keeps the database in a network of its own. Looking after it then needs a machine in that network.')
param privateNetwork bool = false

@description('Instances of the Door that always wait for visitors. One costs some dollars a month; none makes the first visitor wait.')
@minValue(0)
@maxValue(5)
param alwaysReadyDoors int = 1
@description('Most instances of the Door, besides those that always wait. Each holds up to 6 connections; the smallest database takes 35 in all.')
@minValue(1)
param mostDoors int = 2
@description('Most instances of each queue of the Hands, which are two; the timer has one. Each holds up to 3 connections. Limits at Microsoft are kept together, so many bring nothing.')
@minValue(1)
param mostHands int = 2

var tags = { 'azd-env-name': environmentName, product: 'vaare-unge-365' }
var token = toLower(uniqueString(subscription().id, environmentName, location))
var name = 'vareunge-${environmentName}'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${name}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { name: name, location: location, tags: tags }
}

module observation 'modules/observation.bicep' = {
  name: 'observation'
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    writers: [ identities.outputs.door.principalId, identities.outputs.hands.principalId ]
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: { name: name, location: location, tags: tags }
}

module doorStorage 'modules/storage.bicep' = {
  name: 'door-storage'
  scope: group
  params: {
    name: 'st${environmentName}d${token}'
    location: location
    tags: tags
    ownerPrincipalId: identities.outputs.door.principalId
  }
}

module handsStorage 'modules/storage.bicep' = {
  name: 'hands-storage'
  scope: group
  params: {
    name: 'st${environmentName}h${token}'
    location: location
    tags: tags
    ownerPrincipalId: identities.outputs.hands.principalId
    queues: [ 'units', 'units-poison' ]
    senders: [ identities.outputs.door.principalId ]
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  scope: group
  params: {
    name: empty(databaseServer) ? 'psql-${name}-${token}' : databaseServer
    location: location
    tags: tags
    sku: databaseSku
    backupDays: databaseBackupDays
    administratorsId: databaseAdministratorsId
    administratorsName: databaseAdministratorsName
    subnetId: privateNetwork ? network.outputs.databaseSubnetId : ''
    dnsZoneId: privateNetwork ? network.outputs.databaseZoneId : ''
  }
}

module vault 'modules/vault.bicep' = if (!empty(ansattportenUrl) || researchData) {
  name: 'vault'
  scope: group
  params: {
    name: take('kv-${environmentName}-${token}', 24)
    location: location
    tags: tags
    readerPrincipalId: identities.outputs.door.principalId
  }
}

var doorName = 'func-${name}-door-${token}'
var doorUrl = empty(publicUrl) ? 'https://${doorName}.azurewebsites.net' : publicUrl
// A list of nobody is written as a comma: a setting that is empty may not reach the app at all, and without one it sends to everybody.
var handsId = empty(handsAppId) ? identities.outputs.hands.clientId : handsAppId
var rehearsal = allowedRecipients == '*' ? {} : { VAREUNGE_ALLOWED_RECIPIENTS: empty(allowedRecipients) ? ',' : allowedRecipients }
// Left out when they are empty: the code has its own, and takes no empty ones.
var zone = empty(timezone) ? {} : { VAREUNGE_TIMEZONE: timezone }
var agent = empty(feedUserAgent) ? {} : { VAREUNGE_FEED_USER_AGENT: feedUserAgent }
var colour = empty(paperColour) ? {} : { VAREUNGE_PAPER_COLOUR: paperColour }
var county = '/home/site/wwwroot/county'
var settings = union(rehearsal, zone, agent, colour, {
  VAREUNGE_TENANT_ID: tenant().tenantId
  VAREUNGE_APP_ID: signInAppId
  VAREUNGE_BOT_ID: identities.outputs.bot.clientId
  VAREUNGE_DOOR_ID: identities.outputs.door.clientId
  VAREUNGE_HANDS_ID: handsId
  VAREUNGE_HANDS_IDENTITY_ID: empty(handsAppId) ? '' : identities.outputs.hands.clientId
  VAREUNGE_BUILDER_ID: identities.outputs.builder.clientId
  VAREUNGE_PUBLIC_URL: doorUrl
  VAREUNGE_TEAMS_APP_EDITION: string(teamsAppEdition)
  VAREUNGE_ORGANIZER: organizers
  VAREUNGE_LICENCES: string(licences)
  VAREUNGE_BACKUP_DAYS: string(databaseBackupDays)
  VAREUNGE_ACCESSIBILITY_STATEMENT: accessibilityStatement
  VAREUNGE_LOG_LEVEL: logLevel
  VAREUNGE_DRIFT_DAYS: string(driftDays)
  VAREUNGE_DOCTOR_DAYS: string(doctorDays)
  VAREUNGE_PAPER_OWNER: paperOwner
  VAREUNGE_PAPER_LOGO: empty(paperLogo) ? '' : '${county}/${paperLogo}'
  VAREUNGE_WORD_TEMPLATE: empty(wordTemplate) ? '' : '${county}/${wordTemplate}'
  VAREUNGE_ARCHIVE_OWNER: archiveOwner
  VAREUNGE_ARCHIVE_RESTRICTIONS: archiveRestrictions
  VAREUNGE_QUEUE_URL: handsStorage.outputs.queueUrl
})
// Only with the integration's id: the Door refuses to start with half of the settings.
var ansattporten = empty(ansattportenUrl) || empty(ansattportenClientId) ? {} : {
  VAREUNGE_ANSATTPORTEN_URL: ansattportenUrl
  VAREUNGE_ANSATTPORTEN_CLIENT_ID: ansattportenClientId
  VAREUNGE_ANSATTPORTEN_KEY: '@Microsoft.KeyVault(SecretUri=${vault.outputs.ansattportenKeyUri})'
}
// The Door's papers tell of the data set where there is a key; a command at an administrator's machine makes it.
var research = researchData ? { VAREUNGE_RESEARCH_KEY: '@Microsoft.KeyVault(SecretUri=${vault.outputs.researchKeyUri})' } : {}

module door 'modules/function.bicep' = {
  name: 'door'
  scope: group
  params: {
    name: doorName
    location: location
    tags: union(tags, { 'azd-service-name': 'door' })
    identity: identities.outputs.door
    otherIdentities: {}
    storageName: doorStorage.outputs.name
    packageUrl: doorStorage.outputs.packageUrl
    insightsConnection: observation.outputs.connectionString
    subnetId: privateNetwork ? network.outputs.doorSubnetId : ''
    takesVisitors: true
    alwaysReady: alwaysReadyDoors
    mostInstances: mostDoors
    settings: union(settings, ansattporten, research, {
      VAREUNGE_PART: 'door'
      VAREUNGE_DATABASE_URL: 'postgresql+psycopg://${identities.outputs.door.name}@${database.outputs.host}/${database.outputs.database}?sslmode=require'
    })
  }
}

module hands 'modules/function.bicep' = {
  name: 'hands'
  scope: group
  params: {
    name: 'func-${name}-hands-${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'hands' })
    identity: identities.outputs.hands
    otherIdentities: { '${identities.outputs.builder.id}': {}, '${identities.outputs.bot.id}': {} }
    storageName: handsStorage.outputs.name
    packageUrl: handsStorage.outputs.packageUrl
    insightsConnection: observation.outputs.connectionString
    subnetId: privateNetwork ? network.outputs.handsSubnetId : ''
    takesVisitors: false
    alwaysReady: 0
    mostInstances: mostHands
    settings: union(settings, {
      VAREUNGE_PART: 'hands'
      VAREUNGE_DATABASE_URL: 'postgresql+psycopg://${identities.outputs.hands.name}@${database.outputs.host}/${database.outputs.database}?sslmode=require'
    })
  }
}

module bot 'modules/bot.bicep' = {
  name: 'bot'
  scope: group
  params: {
    name: 'bot-${name}-${token}'
    location: botLocation
    tags: tags
    identity: identities.outputs.bot
    endpoint: '${doorUrl}/api/messages'
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    workspaceId: observation.outputs.workspaceId
    databaseId: database.outputs.id
    address: alertAddress
  }
}

// What the next steps ask for, kept by azd in its environment and read by infra/scripts.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output DOOR_NAME string = door.outputs.name
output HANDS_NAME string = hands.outputs.name
output DATABASE_SERVER string = database.outputs.name
output DATABASE_HOST string = database.outputs.host
output DATABASE_NAME string = database.outputs.database
output DOOR_DATABASE_ROLE string = identities.outputs.door.name
output HANDS_DATABASE_ROLE string = identities.outputs.hands.name
output VAREUNGE_PUBLIC_URL string = doorUrl
output VAREUNGE_TEAMS_APP_EDITION string = string(teamsAppEdition)
output VAREUNGE_APP_ID string = signInAppId
output VAREUNGE_BOT_ID string = identities.outputs.bot.clientId
output VAREUNGE_DOOR_ID string = identities.outputs.door.clientId
output VAREUNGE_HANDS_ID string = handsId
output VAREUNGE_HANDS_IDENTITY_ID string = identities.outputs.hands.clientId
output VAREUNGE_BUILDER_ID string = identities.outputs.builder.clientId
output VAREUNGE_ORGANIZER string = organizers
output VAREUNGE_BACKUP_DAYS string = string(databaseBackupDays)
output ANSATTPORTEN_VAULT string = empty(ansattportenUrl) ? '' : vault.outputs.name
output RESEARCH_VAULT string = researchData ? vault.outputs.name : ''

// A Functions app on the Flex Consumption plan, by its own identity.
param name string
param location string
param tags object
@description('The app\'s own identity, as modules/identities.bicep gives it.')
param identity object
@description('Further identities that its units act as: an empty object by the id of each.')
param otherIdentities object
param storageName string
param packageUrl string
param insightsConnection string
@description('A subnet for what goes out. Empty: it goes out directly.')
param subnetId string
@description('False closes the app to the internet; deploying to it stays possible, by Entra ID.')
param takesVisitors bool
@minValue(0)
param alwaysReady int
@minValue(1)
param mostInstances int
param settings object

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: union({ '${identity.id}': {} }, otherIdentities) }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Can be chosen when the app is made, and never later; infra/domain.bicep needs it.
    siteScopedCertificatesEnabled: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: mostInstances
        alwaysReady: alwaysReady == 0 ? [] : [ { name: 'http', instanceCount: alwaysReady } ]
        // One worker process answers many at once: it waits for the database, not for its processor.
        triggers: { http: { perInstanceConcurrency: 16 } }
      }
      runtime: { name: 'python', version: '3.13' }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: takesVisitors ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      scmIpSecurityRestrictionsUseMain: false
    }
  }

  // Packages come by Entra ID alone.
  resource noPublishingPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.clientId
      AzureWebJobsStorage__blobServiceUri: 'https://${storageName}.blob.${environment().suffixes.storage}'
      AzureWebJobsStorage__queueServiceUri: 'https://${storageName}.queue.${environment().suffixes.storage}'
      AzureWebJobsStorage__tableServiceUri: 'https://${storageName}.table.${environment().suffixes.storage}'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
      // The service sends traces, measurements and events itself; the host gives it the trace that its calls belong to.
      VAREUNGE_INSIGHTS_CONNECTION: insightsConnection
      PYTHON_ENABLE_OPENTELEMETRY: 'true'
      // The exporter's own usage figures stay here.
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
      APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
      APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED: 'true'
      // Threads share one heap: with one each, what many requests at once leave behind is kept many times.
      MALLOC_ARENA_MAX: '1'
      AZURE_CLIENT_ID: identity.clientId
    })
  }
}

output id string = app.id
output name string = app.name

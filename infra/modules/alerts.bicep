// What wakes whom: rules over the log's events, one measurement, and a page with the same figures to look at.
// Event names are those of the code; tests/infra/test_bicep.py holds them together. docs/runbook.md says what to do for each.
param name string
param location string
param tags object
param workspaceId string
param databaseId string
param address string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'vareunge365'
    enabled: true
    emailReceivers: [ { name: 'operations', emailAddress: address, useCommonAlertSchema: true } ]
  }
}

// Each line of the log is a JSON object in the message.
var events = 'AppTraces | extend line = parse_json(Message) | extend event = tostring(line.event), unit = tostring(line.unit)'

var rules = [
  {
    name: 'unit-failing'
    title: 'A unit of work fails again and again'
    query: '${events} | where event == "unit.error" and toint(line.tries) >= 5 | summarize times = count() by unit'
    severity: 2
    minutes: 60
  }
  {
    name: 'round-not-sent'
    title: 'A status round is not sent'
    query: '${events} | where event == "unit.error" and unit startswith "status.send" | summarize times = count() by unit'
    severity: 1
    minutes: 30
  }
  {
    name: 'poison'
    title: 'The Functions host gave up a unit of work'
    query: '${events} | where event in ("unit.set_aside", "queue.unreadable")'
    severity: 2
    minutes: 15
  }
  {
    name: 'queue-away'
    title: 'Messages about work that is due cannot be sent'
    query: '${events} | where event in ("queue.away", "queue.not_sent")'
    severity: 2
    minutes: 15
  }
  {
    name: 'queue-old'
    title: 'Work has been due for a quarter of an hour'
    query: '${events} | where event == "queue.old"'
    severity: 1
    minutes: 15
  }
  {
    name: 'outcome-lost'
    title: 'The database does not answer the Hands, or the outcome of a unit could not be noted'
    query: '${events} | where event in ("unit.outcome_lost", "engine.store_failed", "unit.database_away")'
    severity: 2
    minutes: 15
  }
  {
    name: 'not-ready'
    title: 'The Door cannot work, or does not answer'
    // From both: the Hands ask the Door every five minutes. Once may be a deployment.
    query: '${events} | where event == "web.not_ready" | summarize times = count() | where times > 1'
    severity: 1
    minutes: 15
  }
  {
    name: 'tenant-changed'
    title: 'The doctor found something missing or too much: a consent, a permission, a certificate, a setting'
    query: '${events} | where event == "doctor.finding" | summarize times = count() by tostring(line.verdict), tostring(line.rule)'
    severity: 2
    minutes: 1440
  }
  {
    name: 'door-fails'
    title: 'The Door answers with errors of its own'
    // Its own account of them: the host has one besides.
    query: 'AppRequests | where AppRoleName == "vareunge-door" and toint(ResultCode) >= 500 | summarize errors = count() | where errors > 5'
    severity: 1
    minutes: 15
  }
  {
    name: 'silent'
    title: 'The Hands have not looked for lost work for an hour'
    query: '${events} | where event == "queue.looked" | summarize looks = count() | where looks == 0'
    severity: 1
    minutes: 60
  }
]

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'alert-${name}-${rule.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    description: 'What it means and what to do: docs/runbook.md, "${rule.name}".'
    severity: rule.severity
    enabled: true
    scopes: [ workspaceId ]
    // A new workspace has no tables yet, by which it would hold the queries.
    skipQueryValidation: true
    evaluationFrequency: rule.minutes > 60 ? 'PT1H' : 'PT${rule.minutes}M'
    windowSize: rule.minutes == 1440 ? 'P1D' : 'PT${rule.minutes}M'
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [ people.id ] }
  }
}]

resource databaseFull 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-${name}-database-full'
  location: 'global'
  tags: tags
  properties: {
    description: 'The database\'s disk fills. docs/runbook.md, "database-full".'
    severity: 2
    enabled: true
    scopes: [ databaseId ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'disk'
          metricName: 'storage_percent'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 85
        }
      ]
    }
    actions: [ { actionGroupId: people.id } ]
  }
}

resource page 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'vareunge-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Våre unge 365: drift'
    category: 'workbook'
    sourceId: workspaceId
    version: '1.0'
    serializedData: string(loadJsonContent('../workbook.json'))
  }
}

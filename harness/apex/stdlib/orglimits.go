package stdlib

import (
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/types"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
)

// orgLimit is one limit of the whole org.
type orgLimit struct {
	name string
	max  int64
}

// String is the limit as System.debug shows it.
func (l *orgLimit) String() string {
	return fmt.Sprintf("OrgLimit[getName=%s;getLimit=%d;getValue=0]", l.name, l.max)
}

// orgLimits are the limits that OrgLimits.getMap lists, of an Enterprise
// Edition org with few licences (REST API Developer Guide, Limits). A new org
// has used none of them.
var orgLimits = []orgLimit{
	{"ActiveScratchOrgs", 40}, {"AnalyticsExternalDataSizeMB", 40960},
	{"ConcurrentAsyncGetReportInstances", 200}, {"ConcurrentEinsteinDataInsightsStoryCreation", 5},
	{"ConcurrentEinsteinDiscoveryStoryCreation", 2}, {"ConcurrentSyncReportRuns", 20},
	{"DailyAnalyticsDataflowJobExecutions", 60}, {"DailyApiRequests", 100000}, {"DailyAsyncApexExecutions", 250000},
	{"DailyAsyncApexTests", 500}, {"DailyBulkApiBatches", 15000}, {"DailyBulkV2QueryFileStorageMB", 976562},
	{"DailyBulkV2QueryJobs", 10000}, {"DailyDeliveredPlatformEvents", 25000}, {"DailyDurableGenericStreamingApiEvents", 200000},
	{"DailyDurableStreamingApiEvents", 200000}, {"DailyGenericStreamingApiEvents", 10000}, {"DailyScratchOrgs", 80},
	{"DailyStandardVolumePlatformEvents", 25000}, {"DailyStreamingApiEvents", 200000}, {"DailyWorkflowEmails", 390},
	{"DataStorageMB", 10240}, {"DurableStreamingApiConcurrentClients", 2000}, {"FileStorageMB", 10240},
	{"HourlyAsyncReportRuns", 1200}, {"HourlyDashboardRefreshes", 200}, {"HourlyDashboardResults", 5000},
	{"HourlyDashboardStatuses", 999999999}, {"HourlyODataCallout", 20000}, {"HourlyPublishedPlatformEvents", 250000},
	{"HourlyPublishedStandardVolumePlatformEvents", 100000}, {"HourlySyncReportRuns", 500}, {"HourlyTimeBasedWorkflow", 1000},
	{"MassEmail", 5000}, {"MonthlyPlatformEventsUsageEntitlement", 0}, {"Package2VersionCreates", 6},
	{"PermissionSets", 1500}, {"SingleEmail", 5000}, {"StreamingApiConcurrentClients", 2000},
}

func orgLimitOf(t *vm.Thread, v vm.Value) *orgLimit {
	l, ok := v.Native().(*orgLimit)
	if !ok {
		t.ThrowNull()
	}
	return l
}

var orgLimitsTable = vm.Library{
	"OrgLimits.getAll": func(t thread, _ val, _ vals) val {
		out := make([]val, len(orgLimits))
		for i := range orgLimits {
			out[i] = t.NewNative("System.OrgLimit", &orgLimits[i])
		}
		return t.ListOf("System.OrgLimit", out)
	},
	"OrgLimits.getMap": func(t thread, _ val, _ vals) val {
		m := vm.NewMap(types.MapOf(types.String, types.Library("System.OrgLimit").Type()))
		for i := range orgLimits {
			m.Put(t, vm.Str(orgLimits[i].name), t.NewNative("System.OrgLimit", &orgLimits[i]))
		}
		return vm.MapValue(m)
	},
	"OrgLimit.getName":  func(t thread, r val, _ vals) val { return vm.Str(orgLimitOf(t, r).name) },
	"OrgLimit.getLimit": func(t thread, r val, _ vals) val { return vm.Int(orgLimitOf(t, r).max) },
	"OrgLimit.getValue": func(t thread, r val, _ vals) val { return vm.Int(0) },
	"OrgLimit.toString": func(t thread, r val, _ vals) val { return vm.Str(orgLimitOf(t, r).String()) },
}

package metadata

import "strings"

// Shape says how the files of a kind are laid out.
type Shape uint8

// The shapes.
const (
	XMLFile    Shape = iota // one XML file: Foo.layout, Foo.layout-meta.xml
	WithBody                // a body and an XML file beside it: Foo.cls, Foo.cls-meta.xml
	Bundle                  // a folder a component: lwc/foo/...
	Foldered                // one XML file inside folders that are components too: reports/F/R.report
	FolderBody              // a body and an XML file inside folders: email/F/T.email, documents/F/D.png
)

// KindInfo describes a Metadata API type: where its files are and how they are
// taken apart.
type KindInfo struct {
	Kind   Kind
	Folder string // directory name in both formats: "classes"
	Suffix string // file suffix without dot: "cls"; empty when any suffix will do
	Shape  Shape
	// KeepBody says that the body is held in Component.Source.
	KeepBody bool
	// FolderKind is the kind of the folders of a Foldered or FolderBody kind.
	FolderKind Kind

	// The rest is set for kinds that live inside the file of another kind.
	Parent      Kind   // "CustomObject"
	Element     string // element name in the parent's file: "fields"
	ChildFolder string // source format: folder beside the parent's file, "fields"
	ChildSuffix string // source format: suffix, "field"
	Key         string // element that holds the name: "fullName"
	Bare        bool   // the full name is the key alone, without the parent's name
}

// kinds are the Metadata API types whose files are known. Folder, suffix and
// shape are those of the platform's describeMetadata. A file of a type that is
// not listed is still read when it is in source format (its suffix tells the
// folder) or lies in a folder of its own beside package.xml: see InfoForFile.
var kinds = []KindInfo{
	{Kind: ApexClass, Folder: "classes", Suffix: "cls", Shape: WithBody, KeepBody: true},
	{Kind: ApexTrigger, Folder: "triggers", Suffix: "trigger", Shape: WithBody, KeepBody: true},
	{Kind: ApexPage, Folder: "pages", Suffix: "page", Shape: WithBody, KeepBody: true},
	{Kind: ApexComponent, Folder: "components", Suffix: "component", Shape: WithBody, KeepBody: true},
	{Kind: ApexTestSuite, Folder: "testSuites", Suffix: "testSuite"},
	{Kind: AnalyticSnapshot, Folder: "analyticSnapshots", Suffix: "snapshot"},
	{Kind: AppMenu, Folder: "appMenus", Suffix: "appMenu"},
	{Kind: ApprovalProcess, Folder: "approvalProcesses", Suffix: "approvalProcess"},
	{Kind: AssignmentRules, Folder: "assignmentRules", Suffix: "assignmentRules"},
	{Kind: AuraDefinitionBundle, Folder: "aura", Shape: Bundle},
	{Kind: AuthProvider, Folder: "authproviders", Suffix: "authprovider"},
	{Kind: AutoResponseRules, Folder: "autoResponseRules", Suffix: "autoResponseRules"},
	{Kind: Bot, Folder: "bots", Suffix: "bot"},
	{Kind: BrandingSet, Folder: "brandingSets", Suffix: "brandingSet"},
	{Kind: CallCenter, Folder: "callCenters", Suffix: "callCenter"},
	{Kind: Certificate, Folder: "certs", Suffix: "crt", Shape: WithBody},
	{Kind: CleanDataService, Folder: "cleanDataServices", Suffix: "cleanDataService"},
	{Kind: Community, Folder: "communities", Suffix: "community"},
	{Kind: ConnectedApp, Folder: "connectedApps", Suffix: "connectedApp"},
	{Kind: ContentAsset, Folder: "contentassets", Suffix: "asset", Shape: WithBody},
	{Kind: CorsWhitelistOrigin, Folder: "corsWhitelistOrigins", Suffix: "corsWhitelistOrigin"},
	{Kind: CspTrustedSite, Folder: "cspTrustedSites", Suffix: "cspTrustedSite"},
	{Kind: CustomApplication, Folder: "applications", Suffix: "app"},
	{Kind: CustomApplicationComponent, Folder: "customApplicationComponents", Suffix: "customApplicationComponent"},
	{Kind: CustomFeedFilter, Folder: "feedFilters", Suffix: "feedFilter"},
	{Kind: CustomHelpMenuSection, Folder: "customHelpMenuSections", Suffix: "customHelpMenuSection"},
	{Kind: CustomLabels, Folder: "labels", Suffix: "labels"},
	{Kind: CustomMetadata, Folder: "customMetadata", Suffix: "md"},
	{Kind: CustomNotificationType, Folder: "notificationtypes", Suffix: "notiftype"},
	{Kind: CustomObject, Folder: "objects", Suffix: "object"},
	{Kind: CustomObjectTranslation, Folder: "objectTranslations", Suffix: "objectTranslation"},
	{Kind: CustomPageWebLink, Folder: "weblinks", Suffix: "weblink"},
	{Kind: CustomPermission, Folder: "customPermissions", Suffix: "customPermission"},
	{Kind: CustomSite, Folder: "sites", Suffix: "site"},
	{Kind: CustomTab, Folder: "tabs", Suffix: "tab"},
	{Kind: Dashboard, Folder: "dashboards", Suffix: "dashboard", Shape: Foldered, FolderKind: DashboardFolder},
	{Kind: DataCategoryGroup, Folder: "datacategorygroups", Suffix: "datacategorygroup"},
	{Kind: DelegateGroup, Folder: "delegateGroups", Suffix: "delegateGroup"},
	{Kind: Document, Folder: "documents", Shape: FolderBody, FolderKind: DocumentFolder},
	{Kind: DuplicateRule, Folder: "duplicateRules", Suffix: "duplicateRule"},
	{Kind: EmailServicesFunction, Folder: "emailservices", Suffix: "xml"},
	{Kind: EmailTemplate, Folder: "email", Suffix: "email", Shape: FolderBody, FolderKind: EmailFolder},
	{Kind: EmbeddedServiceConfig, Folder: "EmbeddedServiceConfig", Suffix: "EmbeddedServiceConfig"},
	{Kind: EntitlementProcess, Folder: "entitlementProcesses", Suffix: "entitlementProcess"},
	{Kind: EscalationRules, Folder: "escalationRules", Suffix: "escalationRules"},
	{Kind: ExperienceBundle, Folder: "experiences", Shape: Bundle},
	{Kind: ExternalCredential, Folder: "externalCredentials", Suffix: "externalCredential"},
	{Kind: ExternalDataSource, Folder: "dataSources", Suffix: "dataSource"},
	{Kind: ExternalServiceRegistration, Folder: "externalServiceRegistrations", Suffix: "externalServiceRegistration"},
	{Kind: FeatureParameterBoolean, Folder: "featureParameters", Suffix: "featureParameterBoolean"},
	{Kind: FeatureParameterDate, Folder: "featureParameters", Suffix: "featureParameterDate"},
	{Kind: FeatureParameterInteger, Folder: "featureParameters", Suffix: "featureParameterInteger"},
	{Kind: FlexiPage, Folder: "flexipages", Suffix: "flexipage"},
	{Kind: Flow, Folder: "flows", Suffix: "flow"},
	{Kind: FlowCategory, Folder: "flowCategories", Suffix: "flowCategory"},
	{Kind: FlowDefinition, Folder: "flowDefinitions", Suffix: "flowDefinition"},
	{Kind: FlowTest, Folder: "flowtests", Suffix: "flowtest"},
	{Kind: GlobalValueSet, Folder: "globalValueSets", Suffix: "globalValueSet"},
	{Kind: GlobalValueSetTranslation, Folder: "globalValueSetTranslations", Suffix: "globalValueSetTranslation"},
	{Kind: Group, Folder: "groups", Suffix: "group"},
	{Kind: HomePageComponent, Folder: "homePageComponents", Suffix: "homePageComponent"},
	{Kind: HomePageLayout, Folder: "homePageLayouts", Suffix: "homePageLayout"},
	{Kind: InstalledPackage, Folder: "installedPackages", Suffix: "installedPackage"},
	{Kind: Layout, Folder: "layouts", Suffix: "layout"},
	{Kind: Letterhead, Folder: "letterhead", Suffix: "letter"},
	{Kind: LightningBolt, Folder: "lightningBolts", Suffix: "lightningBolt"},
	{Kind: LightningComponentBundle, Folder: "lwc", Shape: Bundle},
	{Kind: LightningExperienceTheme, Folder: "lightningExperienceThemes", Suffix: "lightningExperienceTheme"},
	{Kind: LightningMessageChannel, Folder: "messageChannels", Suffix: "messageChannel"},
	{Kind: MatchingRules, Folder: "matchingRules", Suffix: "matchingRule"},
	{Kind: NamedCredential, Folder: "namedCredentials", Suffix: "namedCredential"},
	{Kind: Network, Folder: "networks", Suffix: "network"},
	{Kind: NetworkBranding, Folder: "networkBranding", Suffix: "networkBranding", Shape: WithBody},
	{Kind: PathAssistant, Folder: "pathAssistants", Suffix: "pathAssistant"},
	{Kind: PermissionSet, Folder: "permissionsets", Suffix: "permissionset"},
	{Kind: PermissionSetGroup, Folder: "permissionsetgroups", Suffix: "permissionsetgroup"},
	{Kind: PlatformCachePartition, Folder: "cachePartitions", Suffix: "cachePartition"},
	{Kind: PlatformEventChannel, Folder: "platformEventChannels", Suffix: "platformEventChannel"},
	{Kind: PlatformEventChannelMember, Folder: "platformEventChannelMembers", Suffix: "platformEventChannelMember"},
	{Kind: PlatformEventSubscriberConfig, Folder: "PlatformEventSubscriberConfigs", Suffix: "platformEventSubscriberConfig"},
	{Kind: Profile, Folder: "profiles", Suffix: "profile"},
	{Kind: Prompt, Folder: "prompts", Suffix: "prompt"},
	{Kind: Queue, Folder: "queues", Suffix: "queue"},
	{Kind: QuickAction, Folder: "quickActions", Suffix: "quickAction"},
	{Kind: RecordActionDeployment, Folder: "recordActionDeployments", Suffix: "deployment"},
	{Kind: RedirectWhitelistUrl, Folder: "redirectWhitelistUrls", Suffix: "redirectWhitelistUrl"},
	{Kind: RemoteSiteSetting, Folder: "remoteSiteSettings", Suffix: "remoteSite"},
	{Kind: Report, Folder: "reports", Suffix: "report", Shape: Foldered, FolderKind: ReportFolder},
	{Kind: ReportType, Folder: "reportTypes", Suffix: "reportType"},
	{Kind: Role, Folder: "roles", Suffix: "role"},
	{Kind: SamlSsoConfig, Folder: "samlssoconfigs", Suffix: "samlssoconfig"},
	{Kind: Scontrol, Folder: "scontrols", Suffix: "scf", Shape: WithBody},
	{Kind: Settings, Folder: "settings", Suffix: "settings"},
	{Kind: SharingRules, Folder: "sharingRules", Suffix: "sharingRules"},
	{Kind: SharingSet, Folder: "sharingSets", Suffix: "sharingSet"},
	{Kind: SiteDotCom, Folder: "siteDotComSites", Suffix: "site", Shape: WithBody},
	{Kind: StandardValueSet, Folder: "standardValueSets", Suffix: "standardValueSet"},
	{Kind: StandardValueSetTranslation, Folder: "standardValueSetTranslations", Suffix: "standardValueSetTranslation"},
	{Kind: StaticResource, Folder: "staticresources", Suffix: "resource", Shape: WithBody},
	{Kind: SynonymDictionary, Folder: "synonymDictionaries", Suffix: "synonymDictionary"},
	{Kind: TopicsForObjects, Folder: "topicsForObjects", Suffix: "topicsForObjects"},
	{Kind: TransactionSecurityPolicy, Folder: "transactionSecurityPolicies", Suffix: "transactionSecurityPolicy"},
	{Kind: Translations, Folder: "translations", Suffix: "translation"},
	{Kind: UserAccessPolicy, Folder: "useraccesspolicies", Suffix: "useraccesspolicy"},
	{Kind: WaveTemplateBundle, Folder: "waveTemplates", Shape: Bundle},
	{Kind: Workflow, Folder: "workflows", Suffix: "workflow"},
}

// children are the kinds that live inside the file of another kind: as
// repeated elements in Metadata API format, as files of their own in source
// format. A container kind that is nothing but its children (see pureContainer)
// is no component itself.
var children = []KindInfo{
	{Parent: CustomObject, Kind: CustomField, Element: "fields", ChildFolder: "fields", ChildSuffix: "field"},
	{Parent: CustomObject, Kind: ValidationRule, Element: "validationRules", ChildFolder: "validationRules", ChildSuffix: "validationRule"},
	{Parent: CustomObject, Kind: RecordType, Element: "recordTypes", ChildFolder: "recordTypes", ChildSuffix: "recordType"},
	{Parent: CustomObject, Kind: BusinessProcess, Element: "businessProcesses", ChildFolder: "businessProcesses", ChildSuffix: "businessProcess"},
	{Parent: CustomObject, Kind: CompactLayout, Element: "compactLayouts", ChildFolder: "compactLayouts", ChildSuffix: "compactLayout"},
	{Parent: CustomObject, Kind: FieldSet, Element: "fieldSets", ChildFolder: "fieldSets", ChildSuffix: "fieldSet"},
	{Parent: CustomObject, Kind: Index, Element: "indexes", ChildFolder: "indexes", ChildSuffix: "index"},
	{Parent: CustomObject, Kind: ListView, Element: "listViews", ChildFolder: "listViews", ChildSuffix: "listView"},
	{Parent: CustomObject, Kind: SharingReason, Element: "sharingReasons", ChildFolder: "sharingReasons", ChildSuffix: "sharingReason"},
	{Parent: CustomObject, Kind: WebLink, Element: "webLinks", ChildFolder: "webLinks", ChildSuffix: "webLink"},
	{Parent: CustomObjectTranslation, Kind: CustomFieldTranslation, Element: "fields", ChildSuffix: "fieldTranslation", Key: "name"},
	{Parent: CustomLabels, Kind: CustomLabel, Element: "labels", ChildSuffix: "label", Bare: true},
	{Parent: Workflow, Kind: WorkflowAlert, Element: "alerts", ChildFolder: "workflowAlerts", ChildSuffix: "workflowAlert"},
	{Parent: Workflow, Kind: WorkflowFieldUpdate, Element: "fieldUpdates", ChildFolder: "workflowFieldUpdates", ChildSuffix: "workflowFieldUpdate"},
	{Parent: Workflow, Kind: WorkflowFlowAction, Element: "flowActions", ChildFolder: "workflowFlowActions", ChildSuffix: "workflowFlowAction"},
	{Parent: Workflow, Kind: WorkflowKnowledgePublish, Element: "knowledgePublishes", ChildFolder: "workflowKnowledgePublishes", ChildSuffix: "workflowKnowledgePublish"},
	{Parent: Workflow, Kind: WorkflowOutboundMessage, Element: "outboundMessages", ChildFolder: "workflowOutboundMessages", ChildSuffix: "workflowOutboundMessage"},
	{Parent: Workflow, Kind: WorkflowRule, Element: "rules", ChildFolder: "workflowRules", ChildSuffix: "workflowRule"},
	{Parent: Workflow, Kind: WorkflowSend, Element: "send", ChildFolder: "workflowSends", ChildSuffix: "workflowSend"},
	{Parent: Workflow, Kind: WorkflowTask, Element: "tasks", ChildFolder: "workflowTasks", ChildSuffix: "workflowTask"},
	{Parent: SharingRules, Kind: SharingCriteriaRule, Element: "sharingCriteriaRules", ChildFolder: "sharingCriteriaRules", ChildSuffix: "sharingCriteriaRule"},
	{Parent: SharingRules, Kind: SharingGuestRule, Element: "sharingGuestRules", ChildFolder: "sharingGuestRules", ChildSuffix: "sharingGuestRule"},
	{Parent: SharingRules, Kind: SharingOwnerRule, Element: "sharingOwnerRules", ChildFolder: "sharingOwnerRules", ChildSuffix: "sharingOwnerRule"},
	{Parent: SharingRules, Kind: SharingTerritoryRule, Element: "sharingTerritoryRules", ChildFolder: "sharingTerritoryRules", ChildSuffix: "sharingTerritoryRule"},
	{Parent: AssignmentRules, Kind: AssignmentRule, Element: "assignmentRule"},
	{Parent: AutoResponseRules, Kind: AutoResponseRule, Element: "autoResponseRule"},
	{Parent: EscalationRules, Kind: EscalationRule, Element: "escalationRule"},
	{Parent: MatchingRules, Kind: MatchingRule, Element: "matchingRules"},
	{Parent: Bot, Kind: BotVersion, Element: "botVersions", ChildSuffix: "botVersion"},
}

// folderKinds are the kinds of the folders that reports and the like lie in.
var folderKinds = []KindInfo{
	{Kind: ReportFolder, Folder: "reports", Suffix: "reportFolder"},
	{Kind: DashboardFolder, Folder: "dashboards", Suffix: "dashboardFolder"},
	{Kind: DocumentFolder, Folder: "documents", Suffix: "documentFolder"},
	{Kind: EmailFolder, Folder: "email", Suffix: "emailFolder"},
}

// pureContainer are the kinds whose file may do no more than hold others:
// without a property left over they are no component. An object's file without
// properties adds to an object that is defined elsewhere.
var pureContainer = map[Kind]bool{
	CustomObject: true, CustomLabels: true, Workflow: true, SharingRules: true, AssignmentRules: true,
	AutoResponseRules: true, EscalationRules: true, MatchingRules: true,
}

type childKey struct {
	parent Kind
	name   string
}

var (
	byKind     = map[Kind]*KindInfo{}
	byFolder   = map[string][]*KindInfo{}
	bySuffix   = map[string]*KindInfo{}
	byElement  = map[childKey]*KindInfo{}
	hasChildOf = map[Kind]bool{}
)

func init() {
	for i := range children {
		c := &children[i]
		if c.Key == "" {
			c.Key = "fullName"
		}
		byKind[c.Kind] = c
		byElement[childKey{c.Parent, c.Element}] = c
		hasChildOf[c.Parent] = true
		if c.ChildSuffix != "" {
			bySuffix[c.ChildSuffix] = c
		}
	}
	for _, table := range [][]KindInfo{kinds, folderKinds} {
		for i := range table {
			k := &table[i]
			byKind[k.Kind] = k
			byFolder[k.Folder] = append(byFolder[k.Folder], k)
			if k.Suffix != "" && bySuffix[k.Suffix] == nil {
				bySuffix[k.Suffix] = k
			}
		}
	}
}

// InfoOf gives the registry's entry for a kind. Kinds that were read from files
// of an unlisted type have none.
func InfoOf(kind Kind) (KindInfo, bool) {
	if k := byKind[kind]; k != nil {
		return *k, true
	}
	return KindInfo{}, false
}

// FolderKinds gives the kinds whose files lie in a directory of this name. Case
// counts: "webLinks" is a folder of an object, "weblinks" one of its own.
func FolderKinds(folder string) []*KindInfo { return byFolder[folder] }

// SuffixKind gives the kind whose files have this suffix, or nil. Case counts,
// as it does for folders.
func SuffixKind(suffix string) *KindInfo { return bySuffix[suffix] }

// IsOwnObject says whether an object's API name is one that the package itself
// defines: custom and not of another package.
func IsOwnObject(name string) bool {
	parts := strings.Split(name, "__")
	return len(parts) == 2
}

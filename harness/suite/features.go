package suite

import (
	"slices"
	"strings"
)

// features are the names of features of orgs, as scratch org definitions have
// them, and those that the describes of standard objects go by. What is here has
// no meaning of its own: it tells a slip of the pen from a name of Salesforce's.
var features = strings.Fields(`
AccountInspection AccountingSubledgerGrowthEdition AccountingSubledgerStarterEdition AccountingSubledgerUser
AddCustomApps AddCustomObjects AddCustomRelationships AddCustomTabs AddDataComCRMRecordCredit AddInsightsQueryLimit
AdditionalFieldHistory AdmissionsConnectUser AdvisorLinkFeature AdvisorLinkPathwaysFeature AIAttribution
AnalyticsAdminPerms AnalyticsAppEmbedded API ArcGraphCommunity Assessments AssetScheduling AssociationEngine
AuthorApex B2BCommerce B2BLoyaltyManagement B2CCommerceGMV B2CLoyaltyManagement B2CLoyaltyManagementPlus BatchManagement
BenefitManagement BigObjectsBulkAPI BillingAdvanced Briefcase BudgetManagement BusinessRulesEngine
BYOCCaaS BYOOTT CacheOnlyKeys CalloutSizeMB CampaignInfluence2 CascadeDelete CaseClassification CaseWrapUp CGAnalytics
ChangeDataCapture Chatbot ChatterEmailFooterLogo ChatterEmailFooterText ChatterEmailSenderName
CloneApplication CMSMaxContType CMSMaxNodesPerContType CMSUnlimitedUse Communities
CompareReportsOrgPerm ConAppPluginExecuteAsUser ConcStreamingClients ConnectedAppCustomNotifSubscription
ConnectedAppToolingAPI ConsentEventStream ConsolePersistenceInterval ConsolePersistenceIntervalEnabled
ContactsToMultipleAccounts ContractApprovals ContractManagement ContractMgmtInd CoreCpq CustomerDataPlatform CustomerDataPlatformLite
CustomerSelfService CustomApps CustomFieldDataTranslation CustomNotificationType CustomTabs DataComDnbAccounts
DataComFullClean DataMaskUser DataProcessingEngine DebugApex DecisionTable DefaultWorkflowUser DeferSharingCalc DevelopmentWave
DeviceTrackingEnabled DevOpsCenter DigitalWallet DisableManageIdConfAPI DisclosureFramework Division DocGen DocGenDesigner DocGenInd
DocumentChecklist DocumentReaderPageLimit DSARPortability DurableClassicStreamingAPI DurableGenericStreamingAPI
DurableUnicornStreamingAPI DynamicClientCreationLimit EAndUDigitalSales EAndUSelfServicePortal EAOutputConnectors
EASyncOut EdPredictionM3Threshold EdPredictionTimeout EdPredictionTimeoutBulk EdPredictionTimeoutByomBulk
Einstein1AIPlatform EinsteinAnalyticsPlus EinsteinArticleRecommendations EinsteinBuilderFree EinsteinGPTForDevelopers EinsteinDocReader
EinsteinRecommendationBuilder EinsteinSearch EinsteinVisits EinsteinVisitsED EmbeddedLoginForIE EmpPublishRateLimit
EnablePRM EnableManageIdConfUI EnableSetPasswordInApi EncryptionStatisticsInterval EncryptionSyncInterval EnergyAndUtilitiesCloud
Entitlements EntityTranslation EventLogFile ExcludeSAMLSessionIndex Explainability ExpressionSetMaxExecPerHour ExternalIdentityLogin
FieldAuditTrail FieldService FieldServiceAppointmentAssistantUser FieldServiceDispatcherUser FieldServiceMobileExtension
FieldServiceMobileUser FieldServiceSchedulingUser FinanceLogging FinancialServicesCommunityUser FinancialServicesInsuranceUser
FinancialServicesUser FlowSites ForceComPlatform ForecastEnableCustomField FSCAlertFramework FSCServiceProcess
Fundraising GenericStreaming GenStreamingEventsPerDay Grantmaking GuidanceHubAllowed HealthCloudAddOn
HealthCloudEOLOverride HealthCloudForCmty HealthCloudMedicationReconciliation HealthCloudPNMAddOn HealthCloudUser
HighVelocitySales HighVolumePlatformEventAddOn HLSAnalytics HoursBetweenCoverageJob IdentityProvisioningFeatures
IgnoreQueryParamWhitelist IndustriesActionPlan IndustriesBranchManagement IndustriesCompliantDataSharing
IndustriesMfgAccountForecast IndustriesMfgPartnerVisitMgmt IndustriesMfgProgram IndustriesMfgRebates IndustriesMfgTargets
IndustriesManufacturingCmty IndustriesMfgAdvncdForecast IndustriesSalesExcellenceAddOn IndustriesServiceExcellenceAddOn
InboundMessageQueueLimit InsightsPlatform InsuranceCalculationUser InsuranceClaimMgmt InsurancePolicyAdmin InvestigativeCaseManagement
IntelligentDocumentReader Interaction IoT JigsawUser Knowledge LegacyLiveAgentRouting LightningSalesConsole
LightningScheduler LightningServiceConsole LiveAgent LiveMessage LongLayoutSectionTitles LoyaltyAnalytics LoyaltyEngine
LoyaltyManagementStarter LoyaltyMaximumPartners LoyaltyMaximumPrograms LoyaltyMaxOrderLinePerHour LoyaltyMaxProcExecPerHour
LoyaltyMaxTransactions LoyaltyMaxTrxnJournals Macros MarketingCloud MarketingUser MaxActiveDPEDefs MaxApexCodeSize MaxAudTypeCriterionPerAud
MaxCustomLabels MaxDatasetLinksPerDT MaxDataSourcesPerDPE MaxDecisionTableAllowed MaxFavoritesAllowed MaxFieldsPerNode MaxInputColumnsPerDT
MaxLoyaltyProcessRules MaxNodesPerDPE MaxNoOfLexThemesAllowed MaxOutputColumnsPerDT MaxSourceObjectPerDSL
MaxStreamingTopics MaxUserNavItemsAllowed MaxUserStreamingChannels MaxWishlistsItemsPerWishlist MaxWishlistsPerStoreAccBuyer
MaxWritebacksPerDPE MedVisDescriptorLimit MinKeyRotationInterval MobileExtMaxFileSizeMB MobileSecurity MobileVoiceAndLLM
MultiCurrency MultiLevelMasterDetail MutualAuthentication MyTrailhead NonprofitCloudCaseManagementUser
NumPlatformEvents ObjectLinking OmnistudioDesigner OmnistudioMetadata OmnistudioRuntime OmniStudioDesigner OmniStudioRuntime
OpportunityTeam OrderManagement OrderSaveLogicEnabled OrderSaveBehaviorBoth OutboundMessageHTTPSession OutcomeManagement
PardotScFeaturesCampaignInfluence PersonAccounts PipelineInspection PlatformCache PlatformConnect
PlatformEncryption PlatformEventsPerDay Portal ProcessBuilder ProductsAndSchedules ProductCatalogManagementAddOn ProductCatalogManagementViewer ProgramManagement ProviderFreePlatformCache
ProviderManagement PSSAssetManagement PublicSectorAccess PublicSectorApplicationUsageCreditsAddOn PublicSectorSiteUsageCreditsAddOn
RateManagement RecordTypes RefreshOnInvalidSession RevSubscriptionManagement S1ClientComponentCacheSize S1EncryptedStoragePref2
SalesCloudEinstein SalesforceContentUser SalesforceFeedbackManagementStarter SalesforceHostnameOverride SalesforceIdentityForCommunities
SalesforcePricing SalesUser SAML20SingleLogout SCIMProtocol SecurityEventEnabled SentimentInsightsFeature ServiceCatalog ServiceCloud ServiceCloudVoicePartnerTelephony ServiceUser
SessionIdInLogEnabled SFDOInsightsDataIntegrityUser SharedActivities Sites SocialCustomerService SourceTracking StateAndCountryPicklist
StreamingAPI StreamingEventsPerDay SubPerStreamingChannel SubPerStreamingTopic SurveyAdvancedFeatures
SustainabilityCloud SustainabilityApp TCRMforSustainability Territory2 TerritoryManagement TimelineConditionsLimit TimeSheetTemplateSettings
TransactionFinalizers UsageManagement UserAccess VerificationHistory VirtualUserEnabled WavePlatform Waits WaveMaxCurrency Wealth WebServiceAPI Workflow WorkflowFlowActionFeature
WorkplaceCommandCenterUser WorkThanksPref
AccountTeams ApprovalLock CollaborativeForecasts CustomizableForecasts Divisions EventLogFiles OmniChannel OpportunitySplits
PackageDevelopment ProductSchedules Quotes StateCountryPicklists Surveys TeamSelling Territory1`)

// editions are the kinds of org, as Organization.OrganizationType and scratch org
// definitions name them.
var editions = []string{"Base", "Contact Manager", "Developer", "Enterprise", "Essentials", "Group", "Partner Developer", "Partner Enterprise",
	"Partner Group", "Partner Professional", "Performance", "Personal", "Professional", "Pro Suite", "Starter", "Team", "Unlimited"}

// KnownFeature reports whether a name is one of Salesforce's for a feature of
// orgs. Some have an amount: "MaxCustomLabels:200".
func KnownFeature(name string) bool {
	name, _, _ = strings.Cut(name, ":")
	return containsFold(features, name)
}

// KnownEdition reports whether a name is one of Salesforce's for an edition:
// "Developer Edition", or "Developer" as scratch org definitions write it.
func KnownEdition(name string) bool {
	if head, ok := strings.CutSuffix(strings.ToLower(name), " edition"); ok {
		name = head
	}
	return containsFold(editions, strings.ReplaceAll(name, "-", " "))
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// nearest is the known name that is most like one: with the longest beginning in
// common; "" where there is none of at least three letters.
func nearest(list []string, name string) string {
	best, most := "", 2
	for _, known := range list {
		n := 0
		for n < min(len(known), len(name)) && strings.EqualFold(known[:n+1], name[:n+1]) {
			n++
		}
		if n > most {
			best, most = known, n
		}
	}
	return best
}

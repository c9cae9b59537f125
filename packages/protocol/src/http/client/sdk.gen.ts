// Written by `npm run client:generate` from the description of the API; not to be edited.


import { client } from './client.gen.ts';
import { buildClientParams, type Client, type ClientMeta, type Options as Options2, type RequestResult, type TDataShape } from './client/index.ts';
import type { AcceptInvitationErrors, AcceptInvitationResponses, AcknowledgeAlertErrors, AcknowledgeAlertResponses, AcknowledgeAlertsErrors, AcknowledgeAlertsResponses, BacktestRuleErrors, BacktestRuleResponses, BacktestRulesErrors, BacktestRulesResponses, BulkDevicesErrors, BulkDevicesResponses, CancelAutomationExecutionErrors, CancelAutomationExecutionResponses, CancelExecutionErrors, CancelExecutionResponses, ChangePasswordErrors, ChangePasswordResponses, ClaimDeviceErrors, ClaimDeviceResponses, ClearAlertErrors, ClearAlertResponses, CommentOnAlertErrors, CommentOnAlertResponses, ConfirmEmailErrors, ConfirmEmailResponses, ConfirmRegistrationErrors, ConfirmRegistrationResponses, ConfirmSecondFactorErrors, ConfirmSecondFactorResponses, CreateApplicationErrors, CreateApplicationResponses, CreateAssetErrors, CreateAssetEventErrors, CreateAssetEventResponses, CreateAssetResponses, CreateAutomationScheduleErrors, CreateAutomationScheduleResponses, CreateAutomationThresholdErrors, CreateAutomationThresholdResponses, CreateChannelErrors, CreateChannelResponses, CreateClaimErrors, CreateClaimResponses, CreateClientErrors, CreateClientResponses, CreateDeviceCertificateErrors, CreateDeviceCertificateResponses, CreateEntityErrors, CreateEntityResponses, CreateInvitationErrors, CreateInvitationResponses, CreateNotificationRouteErrors, CreateNotificationRouteResponses, CreateOrganizationErrors, CreateOrganizationResponses, CreateProfileErrors, CreateProfileResponses, CreateReportScheduleErrors, CreateReportScheduleResponses, CreateRuleErrors, CreateRuleResponses, CreateScheduleErrors, CreateScheduleResponses, CreateSiteErrors, CreateSiteResponses, CreateTariffErrors, CreateTariffResponses, CreateUserErrors, CreateUserResponses, DeactivateDeviceErrors, DeactivateDeviceResponses, DeleteApplicationErrors, DeleteApplicationResponses, DeleteAssetErrors, DeleteAssetEventErrors, DeleteAssetEventResponses, DeleteAssetResponses, DeleteAutomationScheduleErrors, DeleteAutomationScheduleResponses, DeleteAutomationThresholdErrors, DeleteAutomationThresholdResponses, DeleteChannelErrors, DeleteChannelResponses, DeleteClaimErrors, DeleteClaimResponses, DeleteDeviceCertificateErrors, DeleteDeviceCertificateResponses, DeleteDeviceTokenErrors, DeleteDeviceTokenResponses, DeleteEntityErrors, DeleteEntityResponses, DeleteNotificationRouteErrors, DeleteNotificationRouteResponses, DeleteProfileErrors, DeleteProfileResponses, DeleteRegistrationErrors, DeleteRegistrationResponses, DeleteReportErrors, DeleteReportResponses, DeleteReportScheduleErrors, DeleteReportScheduleResponses, DeleteRuleErrors, DeleteRuleResponses, DeleteScheduleErrors, DeleteScheduleResponses, DeleteSiteErrors, DeleteSiteResponses, DeleteSolutionErrors, DeleteSolutionResponses, DeleteTariffErrors, DeleteTariffResponses, DeleteUserErrors, DeleteUserResponses, DisableChannelErrors, DisableChannelResponses, DisableSecondFactorErrors, DisableSecondFactorResponses, DryProfileRetentionRunErrors, DryProfileRetentionRunResponses, EnableChannelErrors, EnableChannelResponses, EndOtherSessionsErrors, EndOtherSessionsResponses, EndSessionErrors, EndSessionResponses, EndSessionsOfUserErrors, EndSessionsOfUserResponses, EnrolSecondFactorErrors, EnrolSecondFactorResponses, ErasuresErrors, ErasuresResponses, ExplainActuatorErrors, ExplainActuatorResponses, ExplainAutomationExecutionErrors, ExplainAutomationExecutionResponses, ExplainExecutionErrors, ExplainExecutionResponses, FinishSignOnErrors, FinishSignOnResponses, ForgotPasswordErrors, ForgotPasswordResponses, GetActuatorErrors, GetActuatorResponses, GetAlertErrors, GetAlertResponses, GetAssetErrors, GetAssetEventErrors, GetAssetEventResponses, GetAssetResponses, GetAuthorizationServerErrors, GetAuthorizationServerResponses, GetAutomationExecutionErrors, GetAutomationExecutionResponses, GetAutomationHealthErrors, GetAutomationHealthResponses, GetAutomationScheduleErrors, GetAutomationScheduleOccurrencesErrors, GetAutomationScheduleOccurrencesResponses, GetAutomationScheduleResponses, GetAutomationStatusErrors, GetAutomationStatusResponses, GetAutomationThresholdErrors, GetAutomationThresholdResponses, GetChannelErrors, GetChannelResponses, GetClientErrors, GetClientResponses, GetCommandErrors, GetCommandResponses, GetConfigurationErrors, GetConfigurationResponses, GetDeliveryErrors, GetDeliveryResponses, GetDeviceErrors, GetDeviceResponses, GetEntityErrors, GetEntityResponses, GetErasureErrors, GetErasureResponses, GetExecutionErrors, GetExecutionResponses, GetExternalDataErrors, GetExternalDataResponses, GetHealthAsInfluxErrors, GetHealthAsInfluxResponses, GetHourlyAveragesErrors, GetHourlyAveragesResponses, GetLatestErrors, GetLatestOfSensorErrors, GetLatestOfSensorResponses, GetLatestResponses, GetLatestValuesErrors, GetLatestValuesResponses, GetLivenessResponses, GetMeErrors, GetMeResponses, GetNotificationRouteErrors, GetNotificationRouteResponses, GetOrganizationErrors, GetOrganizationResponses, GetOverviewErrors, GetOverviewResponses, GetProfileErrors, GetProfileMetricErrors, GetProfileMetricResponses, GetProfileResponses, GetProfileRetentionErrors, GetProfileRetentionResponses, GetReadinessErrors, GetReadinessResponses, GetReportContentErrors, GetReportContentResponses, GetReportErrors, GetReportResponses, GetReportScheduleErrors, GetReportScheduleResponses, GetReportsDailyErrors, GetReportsDailyResponses, GetRuleErrors, GetRuleResponses, GetScheduleErrors, GetScheduleOccurrencesErrors, GetScheduleOccurrencesResponses, GetScheduleResponses, GetSigningKeysErrors, GetSigningKeysResponses, GetSignOnSettingsErrors, GetSignOnSettingsResponses, GetSiteErrors, GetSiteResponses, GetStatusErrors, GetStatusResponses, GetTariffErrors, GetTariffResponses, GetTelemetryErrors, GetTelemetryExportErrors, GetTelemetryExportResponses, GetTelemetryResponses, GetUserErrors, GetUserResponses, InstallSolutionErrors, InstallSolutionResponses, JoinByInvitationErrors, JoinByInvitationResponses, ListActuatorsErrors, ListActuatorsResponses, ListAlertEventsErrors, ListAlertEventsResponses, ListAlertsErrors, ListAlertsResponses, ListApplicationsErrors, ListApplicationsResponses, ListAssetEventsErrors, ListAssetEventsResponses, ListAssetsErrors, ListAssetsResponses, ListAssetsTreeErrors, ListAssetsTreeResponses, ListAuditErrors, ListAuditResponses, ListAutomationConflictsErrors, ListAutomationConflictsResponses, ListAutomationExecutionEventsErrors, ListAutomationExecutionEventsResponses, ListAutomationExecutionsErrors, ListAutomationExecutionsResponses, ListAutomationScheduleRunsErrors, ListAutomationScheduleRunsResponses, ListAutomationSchedulesErrors, ListAutomationSchedulesResponses, ListAutomationThresholdsErrors, ListAutomationThresholdsResponses, ListChannelsErrors, ListChannelsResponses, ListClaimsErrors, ListClaimsResponses, ListClientsErrors, ListClientsResponses, ListCommandEventsErrors, ListCommandEventsResponses, ListCommandsErrors, ListCommandsResponses, ListDeliveriesErrors, ListDeliveriesResponses, ListDeliveryAttemptsErrors, ListDeliveryAttemptsResponses, ListDeviceActuatorsErrors, ListDeviceActuatorsResponses, ListDeviceCertificatesErrors, ListDeviceCertificatesResponses, ListDeviceDevicesErrors, ListDeviceDevicesResponses, ListDeviceEventsErrors, ListDeviceEventsResponses, ListDevicesErrors, ListDevicesExportErrors, ListDevicesExportResponses, ListDevicesResponses, ListEntitiesErrors, ListEntitiesResponses, ListErasuresErrors, ListErasuresResponses, ListEventsOfAssetErrors, ListEventsOfAssetResponses, ListExecutionEventsErrors, ListExecutionEventsResponses, ListExecutionsErrors, ListExecutionsResponses, ListHistoryOfSensorErrors, ListHistoryOfSensorResponses, ListInvitationsErrors, ListInvitationsResponses, ListLatestReadingsAtRootErrors, ListLatestReadingsAtRootResponses, ListLatestReadingsErrors, ListLatestReadingsResponses, ListMeIdentitiesErrors, ListMeIdentitiesResponses, ListNotificationRoutesErrors, ListNotificationRoutesResponses, ListOpenAlertsErrors, ListOpenAlertsResponses, ListOrganizationsErrors, ListOrganizationsResponses, ListOwnSessionsErrors, ListOwnSessionsResponses, ListProfileMetricsErrors, ListProfileMetricsResponses, ListProfilesErrors, ListProfilesResponses, ListReadingsAtRootErrors, ListReadingsAtRootResponses, ListReadingsErrors, ListReadingsResponses, ListRegistrationsErrors, ListRegistrationsResponses, ListRejectedMessagesErrors, ListRejectedMessagesResponses, ListReportDefinitionsErrors, ListReportDefinitionsResponses, ListReportSchedulesErrors, ListReportSchedulesResponses, ListReportsErrors, ListReportsResponses, ListRulesErrors, ListRulesResponses, ListScheduleRunsErrors, ListScheduleRunsResponses, ListSchedulesErrors, ListSchedulesResponses, ListSitesErrors, ListSitesResponses, ListSolutionsErrors, ListSolutionsResponses, ListTariffsErrors, ListTariffsResponses, ListTripsErrors, ListTripsResponses, ListUsersErrors, ListUsersResponses, LoginErrors, LoginResponses, LoginWithSecondFactorErrors, LoginWithSecondFactorResponses, LogoutErrors, LogoutResponses, PauseAutomationScheduleErrors, PauseAutomationScheduleResponses, PauseScheduleErrors, PauseScheduleResponses, PingAsInfluxErrors, PingAsInfluxResponses, PostQueryAsInfluxErrors, PostQueryAsInfluxResponses, PreviewAutomationSchedulesErrors, PreviewAutomationSchedulesResponses, PreviewSchedulesErrors, PreviewSchedulesResponses, PutConfigurationErrors, PutConfigurationResponses, PutProfileMetricErrors, PutProfileMetricResponses, PutProfileRetentionErrors, PutProfileRetentionResponses, QueryAsInfluxErrors, QueryAsInfluxResponses, RefreshErrors, RefreshResponses, RegisterDeviceErrors, RegisterDeviceResponses, RegisterErrors, RegisterResponses, ReleaseSiteErrors, ReleaseSiteResponses, RenewRecoveryCodesErrors, RenewRecoveryCodesResponses, ReplayAutomationExecutionErrors, ReplayAutomationExecutionResponses, ReplayChannelErrors, ReplayChannelResponses, ReplayDeliveryErrors, ReplayDeliveryResponses, ReplayExecutionErrors, ReplayExecutionResponses, ReportsErrors, ReportsResponses, RequestEmailChangeErrors, RequestEmailChangeResponses, RequestExecutionErrors, RequestExecutionResponses, RequestTokenErrors, RequestTokenResponses, ResetActuatorTripErrors, ResetActuatorTripResponses, ResetPasswordErrors, ResetPasswordResponses, ResetSecondFactorOfUserErrors, ResetSecondFactorOfUserResponses, ResumeAutomationScheduleErrors, ResumeAutomationScheduleResponses, ResumeScheduleErrors, ResumeScheduleResponses, RevokeClientErrors, RevokeClientResponses, RevokeInvitationErrors, RevokeInvitationResponses, RevokeTokenErrors, RevokeTokenResponses, RotateChannelSecretErrors, RotateChannelSecretResponses, RotateClientErrors, RotateClientResponses, RotateDeviceTokenErrors, RotateDeviceTokenResponses, SendAttributesErrors, SendAttributesResponses, SendCommandErrors, SendCommandResponses, SendReadingsAtRootErrors, SendReadingsAtRootResponses, SendReadingsErrors, SendReadingsInBulkAtRootErrors, SendReadingsInBulkAtRootResponses, SendReadingsInBulkErrors, SendReadingsInBulkResponses, SendReadingsResponses, SendSensorDataErrors, SendSensorDataResponses, SendTelemetryErrors, SendTelemetryResponses, ShelveAlertErrors, ShelveAlertResponses, StopSiteErrors, StopSiteResponses, SwitchOrganizationErrors, SwitchOrganizationResponses, TestChannelErrors, TestChannelResponses, TripActuatorErrors, TripActuatorResponses, UnlinkIdentityErrors, UnlinkIdentityResponses, UnshelveAlertErrors, UnshelveAlertResponses, UpdateActuatorErrors, UpdateActuatorResponses, UpdateAssetErrors, UpdateAssetEventErrors, UpdateAssetEventResponses, UpdateAssetResponses, UpdateAutomationScheduleErrors, UpdateAutomationScheduleResponses, UpdateAutomationThresholdErrors, UpdateAutomationThresholdResponses, UpdateChannelErrors, UpdateChannelResponses, UpdateClientErrors, UpdateClientResponses, UpdateDeviceErrors, UpdateDeviceResponses, UpdateEntityErrors, UpdateEntityResponses, UpdateMeErrors, UpdateMeResponses, UpdateNotificationRouteErrors, UpdateNotificationRouteResponses, UpdateOrganizationErrors, UpdateOrganizationResponses, UpdateProfileErrors, UpdateProfileResponses, UpdateReportScheduleErrors, UpdateReportScheduleResponses, UpdateRuleErrors, UpdateRuleResponses, UpdateScheduleErrors, UpdateScheduleResponses, UpdateSiteErrors, UpdateSiteResponses, UpdateTariffErrors, UpdateTariffResponses, UpdateUserErrors, UpdateUserResponses, WriteLinesAtRootErrors, WriteLinesAtRootResponses, WriteLinesErrors, WriteLinesResponses } from './types.gen.ts';

export type Options<TData extends TDataShape = TDataShape, ThrowOnError extends boolean = boolean, TResponse = unknown> = Options2<TData, ThrowOnError, TResponse> & {
    /**
     * You can provide a client instance returned by `createClient()` instead of
     * individual options. This might be also useful if you want to implement a
     * custom client.
     */
    client?: Client;
    /**
     * You can pass arbitrary values through the `meta` object. This can be
     * used to access values that aren't defined as part of the SDK function.
     */
    meta?: keyof ClientMeta extends never ? Record<string, unknown> : ClientMeta;
};

class HeyApiClient {
    protected client: Client;
    
    constructor(args?: {
        client?: Client;
    }) {
        this.client = args?.client ?? client;
    }
}

class HeyApiRegistry<T> {
    private readonly defaultKey = 'default';
    
    private readonly instances: Map<string, T> = new Map();
    
    get(key?: string): T {
        const instance = this.instances.get(key ?? this.defaultKey);
        if (!instance) {
            throw new Error(`No SDK client found. Create one with "new SluiceClient()" to fix this error.`);
        }
        return instance;
    }
    
    set(value: T, key?: string): void {
        this.instances.set(key ?? this.defaultKey, value);
    }
}

export class SluiceClient extends HeyApiClient {
    public static readonly __registry: HeyApiRegistry<SluiceClient> = new HeyApiRegistry<SluiceClient>();
    
    constructor(args?: {
        client?: Client;
        key?: string;
    }) {
        super(args);
        SluiceClient.__registry.set(this, args?.key);
    }
    
    /**
     * Sign in
     *
     * An account with a second factor is answered 401 `auth.second_factor_required` with a `challenge`, with which one goes on at `/api/auth/login/second-factor`.
     */
    public login<ThrowOnError extends boolean = false>(parameters: {
        username: string;
        password: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<LoginResponses, LoginErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'username' }, { in: 'body', key: 'password' }] }]);
        return (options?.client ?? this.client).post<LoginResponses, LoginErrors, ThrowOnError>({
            url: '/api/auth/login',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Sign in, the second half
     */
    public loginWithSecondFactor<ThrowOnError extends boolean = false>(parameters: {
        challenge: string;
        code: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<LoginWithSecondFactorResponses, LoginWithSecondFactorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'challenge' }, { in: 'body', key: 'code' }] }]);
        return (options?.client ?? this.client).post<LoginWithSecondFactorResponses, LoginWithSecondFactorErrors, ThrowOnError>({
            url: '/api/auth/login/second-factor',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Exchange a refresh token for the next pair
     *
     * A refresh token that comes a second time ends the whole session. For half a minute, and while the pair that it brought has not been used, it brings that refresh token again instead, in case the reply was lost.
     */
    public refresh<ThrowOnError extends boolean = false>(parameters: {
        refresh_token: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RefreshResponses, RefreshErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'refresh_token' }] }]);
        return (options?.client ?? this.client).post<RefreshResponses, RefreshErrors, ThrowOnError>({
            url: '/api/auth/refresh',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * End the session of a refresh token
     */
    public logout<ThrowOnError extends boolean = false>(parameters: {
        refresh_token: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<LogoutResponses, LogoutErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'refresh_token' }] }]);
        return (options?.client ?? this.client).post<LogoutResponses, LogoutErrors, ThrowOnError>({
            url: '/api/auth/logout',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Go on in another of one's organizations
     *
     * The session stays the same, and so do tokens of the organization before.
     */
    public switchOrganization<ThrowOnError extends boolean = false>(parameters: {
        organization: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<SwitchOrganizationResponses, SwitchOrganizationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'organization' }] }]);
        return (options?.client ?? this.client).post<SwitchOrganizationResponses, SwitchOrganizationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/auth/switch',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Change one's own password
     *
     * Ends every session; the answer begins a new one.
     */
    public changePassword<ThrowOnError extends boolean = false>(parameters: {
        current_password: string;
        new_password: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ChangePasswordResponses, ChangePasswordErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'current_password' }, { in: 'body', key: 'new_password' }] }]);
        return (options?.client ?? this.client).post<ChangePasswordResponses, ChangePasswordErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/auth/password',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Make an account
     *
     * With an invitation the account can sign in at once. Without one registration has to be open, and the account exists once its address is confirmed: by the link in a mail, or by an administrator where no mail is sent. The answer is the same for an address that has an account.
     */
    public register<ThrowOnError extends boolean = false>(parameters: {
        username: string;
        email: string;
        password: string;
        invitation?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RegisterResponses, RegisterErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'username' },
                    { in: 'body', key: 'email' },
                    { in: 'body', key: 'password' },
                    { in: 'body', key: 'invitation' }
                ] }]);
        return (options?.client ?? this.client).post<RegisterResponses, RegisterErrors, ThrowOnError>({
            url: '/api/auth/register',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Confirm an e-mail address, a newcomer's or a new one
     */
    public confirmEmail<ThrowOnError extends boolean = false>(parameters: {
        token: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ConfirmEmailResponses, ConfirmEmailErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'token' }] }]);
        return (options?.client ?? this.client).post<ConfirmEmailResponses, ConfirmEmailErrors, ThrowOnError>({
            url: '/api/auth/confirm-email',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Have a link mailed for a forgotten password
     *
     * The answer is the same for a name that nobody has.
     */
    public forgotPassword<ThrowOnError extends boolean = false>(parameters: {
        username: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ForgotPasswordResponses, ForgotPasswordErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'username' }] }]);
        return (options?.client ?? this.client).post<ForgotPasswordResponses, ForgotPasswordErrors, ThrowOnError>({
            url: '/api/auth/forgot-password',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Choose a new password with the link of a mail
     *
     * Ends every session. A second factor is asked for as before.
     */
    public resetPassword<ThrowOnError extends boolean = false>(parameters: {
        token: string;
        new_password: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ResetPasswordResponses, ResetPasswordErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'token' }, { in: 'body', key: 'new_password' }] }]);
        return (options?.client ?? this.client).post<ResetPasswordResponses, ResetPasswordErrors, ThrowOnError>({
            url: '/api/auth/reset-password',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Join the organization of an invitation
     *
     * For the account with the invited address. Whoever has none yet registers with the invitation.
     */
    public acceptInvitation<ThrowOnError extends boolean = false>(parameters: {
        invitation: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<AcceptInvitationResponses, AcceptInvitationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'invitation' }] }]);
        return (options?.client ?? this.client).post<AcceptInvitationResponses, AcceptInvitationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/auth/accept-invitation',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Join the organization of an invitation without being signed in
     *
     * For the account with the invited address, also if it has been switched off elsewhere. Begins no session. With a second factor a `code` is needed: 401 `auth.second_factor_required`.
     */
    public joinByInvitation<ThrowOnError extends boolean = false>(parameters: {
        invitation: string;
        username: string;
        password: string;
        code?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<JoinByInvitationResponses, JoinByInvitationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'invitation' },
                    { in: 'body', key: 'username' },
                    { in: 'body', key: 'password' },
                    { in: 'body', key: 'code' }
                ] }]);
        return (options?.client ?? this.client).post<JoinByInvitationResponses, JoinByInvitationErrors, ThrowOnError>({
            url: '/api/auth/join',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List registrations that wait to be confirmed
     */
    public listRegistrations<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListRegistrationsResponses, ListRegistrationsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListRegistrationsResponses, ListRegistrationsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/registrations',
            ...options,
            ...params
        });
    }
    
    /**
     * Vouch for a newcomer whose address cannot be confirmed by mail
     */
    public confirmRegistration<ThrowOnError extends boolean = false>(parameters: {
        userId: string;
        body: {
            [key: string]: never;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<ConfirmRegistrationResponses, ConfirmRegistrationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'userId' }, { key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<ConfirmRegistrationResponses, ConfirmRegistrationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/registrations/{userId}/confirm',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Discard a registration
     */
    public deleteRegistration<ThrowOnError extends boolean = false>(parameters: {
        userId: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteRegistrationResponses, DeleteRegistrationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'userId' }] }]);
        return (options?.client ?? this.client).delete<DeleteRegistrationResponses, DeleteRegistrationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/registrations/{userId}',
            ...options,
            ...params
        });
    }
    
    /**
     * Who one is, and how one wants to see things
     */
    public getMe<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetMeResponses, GetMeErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetMeResponses, GetMeErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me',
            ...options
        });
    }
    
    /**
     * Change one's own profile and preferences
     */
    public updateMe<ThrowOnError extends boolean = false>(parameters?: {
        name?: string;
        username?: string | null;
        preferences?: {
            /**
             * BCP 47; our own texts are in `en` and `de`.
             */
            language?: string;
            unitSystem?: 'metric' | 'us';
            /**
             * Quantities that are shown otherwise than the system has it, by UCUM's codes.
             */
            units?: {
                temperature?: 'Cel' | '[degF]';
                precipitation?: 'mm' | '[in_i]';
                level?: 'cm' | 'm' | '[in_i]' | '[ft_i]';
                volume?: 'L' | 'm3' | '[gal_us]';
                flow?: 'L/min' | 'm3/h' | '[gal_us]/min';
                pressure?: 'bar' | 'kPa' | 'hPa' | '[psi]' | '[in_i\'Hg]';
                speed?: 'm/s' | 'km/h' | '[mi_i]/h' | '[kn_i]';
                mass?: 'g' | 'kg' | '[oz_av]' | '[lb_av]';
                area?: 'm2' | 'har' | '[acr_us]';
                energy?: 'W.h' | 'kW.h';
            };
            timeZone?: string | null;
            numberFormat?: 'language' | '1,234.5' | '1.234,5' | '1 234,5';
            dateFormat?: 'language' | 'yyyy-mm-dd' | 'dd.mm.yyyy' | 'dd/mm/yyyy' | 'mm/dd/yyyy';
            hourCycle?: 'language' | 'h23' | 'h12';
            notifications?: {
                showSeverities: Array<'info' | 'warning' | 'major' | 'critical'>;
            };
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateMeResponses, UpdateMeErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'username' },
                    { in: 'body', key: 'preferences' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateMeResponses, UpdateMeErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Ask for another e-mail address
     *
     * Changes nothing until the link in the mail to the new address is followed.
     */
    public requestEmailChange<ThrowOnError extends boolean = false>(parameters: {
        email: string;
        password: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RequestEmailChangeResponses, RequestEmailChangeErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'email' }, { in: 'body', key: 'password' }] }]);
        return (options?.client ?? this.client).post<RequestEmailChangeResponses, RequestEmailChangeErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/email',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Set up an authenticator app (TOTP)
     *
     * Asks for nothing until it is confirmed with a code.
     */
    public enrolSecondFactor<ThrowOnError extends boolean = false>(parameters: {
        password: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<EnrolSecondFactorResponses, EnrolSecondFactorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'password' }] }]);
        return (options?.client ?? this.client).post<EnrolSecondFactorResponses, EnrolSecondFactorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/second-factor',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Confirm the app with its first code
     */
    public confirmSecondFactor<ThrowOnError extends boolean = false>(parameters: {
        code: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ConfirmSecondFactorResponses, ConfirmSecondFactorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'code' }] }]);
        return (options?.client ?? this.client).post<ConfirmSecondFactorResponses, ConfirmSecondFactorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/second-factor/confirm',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Get new recovery codes; those before are good no more
     */
    public renewRecoveryCodes<ThrowOnError extends boolean = false>(parameters: {
        code: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RenewRecoveryCodesResponses, RenewRecoveryCodesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'code' }] }]);
        return (options?.client ?? this.client).post<RenewRecoveryCodesResponses, RenewRecoveryCodesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/second-factor/recovery-codes',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Sign in with the password alone again
     */
    public disableSecondFactor<ThrowOnError extends boolean = false>(parameters: {
        password: string;
        code: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DisableSecondFactorResponses, DisableSecondFactorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'password' }, { in: 'body', key: 'code' }] }]);
        return (options?.client ?? this.client).post<DisableSecondFactorResponses, DisableSecondFactorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/second-factor/disable',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * End all of one's sessions but this one
     */
    public endOtherSessions<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<EndOtherSessionsResponses, EndOtherSessionsErrors, ThrowOnError> {
        return (options?.client ?? this.client).delete<EndOtherSessionsResponses, EndOtherSessionsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/sessions',
            ...options
        });
    }
    
    /**
     * List one's sessions
     *
     * There are at most 100; the one used longest ago ends for a new one.
     */
    public listOwnSessions<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<ListOwnSessionsResponses, ListOwnSessionsErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<ListOwnSessionsResponses, ListOwnSessionsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/sessions',
            ...options
        });
    }
    
    /**
     * End one of one's sessions
     */
    public endSession<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<EndSessionResponses, EndSessionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<EndSessionResponses, EndSessionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/sessions/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * List the single sign-ons that open one's account
     */
    public listMeIdentities<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<ListMeIdentitiesResponses, ListMeIdentitiesErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<ListMeIdentitiesResponses, ListMeIdentitiesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/identities',
            ...options
        });
    }
    
    /**
     * Take a single sign-on off one's account
     *
     * Ends all of one's other sessions. A password is chosen by the mail for a forgotten one.
     */
    public unlinkIdentity<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<UnlinkIdentityResponses, UnlinkIdentityErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<UnlinkIdentityResponses, UnlinkIdentityErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/me/identities/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * List one's organizations
     */
    public listOrganizations<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<ListOrganizationsResponses, ListOrganizationsErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<ListOrganizationsResponses, ListOrganizationsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/organizations',
            ...options
        });
    }
    
    /**
     * Make another organization, and be its administrator
     *
     * Go on in it by `POST /api/auth/switch`.
     */
    public createOrganization<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        slug?: string;
        timeZone?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateOrganizationResponses, CreateOrganizationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'slug' },
                    { in: 'body', key: 'timeZone' }
                ] }]);
        return (options?.client ?? this.client).post<CreateOrganizationResponses, CreateOrganizationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/organizations',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List the people of the organization
     */
    public listUsers<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListUsersResponses, ListUsersErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListUsersResponses, ListUsersErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users',
            ...options,
            ...params
        });
    }
    
    /**
     * Make an account for a person
     *
     * Somebody who has an account already is invited instead: `POST /api/v1/invitations`.
     */
    public createUser<ThrowOnError extends boolean = false>(parameters: {
        email: string;
        username?: string;
        name?: string;
        password?: string;
        roles: Array<'operator' | 'scientist' | 'admin'>;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateUserResponses, CreateUserErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'email' },
                    { in: 'body', key: 'username' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'password' },
                    { in: 'body', key: 'roles' }
                ] }]);
        return (options?.client ?? this.client).post<CreateUserResponses, CreateUserErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Take a person out of the organization
     *
     * An account that is in no other organization is deleted. Somebody who comes by single sign-on comes back with the next one, as a newcomer: switch them off instead (`isActive: false`), or take them out at the provider.
     */
    public deleteUser<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteUserResponses, DeleteUserErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteUserResponses, DeleteUserErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One person
     */
    public getUser<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetUserResponses, GetUserErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetUserResponses, GetUserErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a person's roles, switch them off or on, rename them
     *
     * Counts within a second. An organization keeps an administrator: 409 `organization.last_administrator`. The name of somebody who belongs to other organizations too is their own.
     */
    public updateUser<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: string;
        name?: string;
        roles?: Array<'operator' | 'scientist' | 'admin'>;
        isActive?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateUserResponses, UpdateUserErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'roles' },
                    { in: 'body', key: 'isActive' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateUserResponses, UpdateUserErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Sign a person out of the organization, on every device
     *
     * Also of one that acts for another organization at the moment: it stays there, and does not come back.
     */
    public endSessionsOfUser<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<EndSessionsOfUserResponses, EndSessionsOfUserErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<EndSessionsOfUserResponses, EndSessionsOfUserErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users/{id}/sessions',
            ...options,
            ...params
        });
    }
    
    /**
     * Drop the second factor of somebody who has lost it
     *
     * Signs them out everywhere. Of somebody in several organizations only the command line does it.
     */
    public resetSecondFactorOfUser<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ResetSecondFactorOfUserResponses, ResetSecondFactorOfUserErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<ResetSecondFactorOfUserResponses, ResetSecondFactorOfUserErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/users/{id}/second-factor',
            ...options,
            ...params
        });
    }
    
    /**
     * List open invitations
     */
    public listInvitations<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListInvitationsResponses, ListInvitationsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListInvitationsResponses, ListInvitationsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/invitations',
            ...options,
            ...params
        });
    }
    
    /**
     * Invite somebody by e-mail address
     *
     * Good for seven days and once. An open invitation of the same address is replaced.
     */
    public createInvitation<ThrowOnError extends boolean = false>(parameters: {
        email: string;
        roles: Array<'operator' | 'scientist' | 'admin'>;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateInvitationResponses, CreateInvitationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'email' }, { in: 'body', key: 'roles' }] }]);
        return (options?.client ?? this.client).post<CreateInvitationResponses, CreateInvitationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/invitations',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Revoke an invitation
     */
    public revokeInvitation<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RevokeInvitationResponses, RevokeInvitationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<RevokeInvitationResponses, RevokeInvitationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/invitations/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One's own organization
     */
    public getOrganization<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetOrganizationResponses, GetOrganizationErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetOrganizationResponses, GetOrganizationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/organization',
            ...options
        });
    }
    
    /**
     * Change the organization's name and settings
     */
    public updateOrganization<ThrowOnError extends boolean = false>(parameters?: {
        'if-match'?: string;
        name?: string;
        currency?: string;
        defaultSite?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateOrganizationResponses, UpdateOrganizationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'currency' },
                    { in: 'body', key: 'defaultSite' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateOrganizationResponses, UpdateOrganizationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/organization',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List sites
     */
    public listSites<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        search?: string;
        region?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListSitesResponses, ListSitesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'search' },
                    { in: 'query', key: 'region' }
                ] }]);
        return (options?.client ?? this.client).get<ListSitesResponses, ListSitesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a site
     */
    public createSite<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        slug?: string;
        region?: string | null;
        latitude?: number | null;
        longitude?: number | null;
        timeZone: string;
        language?: 'en' | 'de';
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateSiteResponses, CreateSiteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'slug' },
                    { in: 'body', key: 'region' },
                    { in: 'body', key: 'latitude' },
                    { in: 'body', key: 'longitude' },
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'language' }
                ] }]);
        return (options?.client ?? this.client).post<CreateSiteResponses, CreateSiteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete an empty site
     */
    public deleteSite<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        site: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteSiteResponses, DeleteSiteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'site' }] }]);
        return (options?.client ?? this.client).delete<DeleteSiteResponses, DeleteSiteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites/{site}',
            ...options,
            ...params
        });
    }
    
    /**
     * One site
     */
    public getSite<ThrowOnError extends boolean = false>(parameters: {
        site: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetSiteResponses, GetSiteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'site' }] }]);
        return (options?.client ?? this.client).get<GetSiteResponses, GetSiteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites/{site}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a site
     */
    public updateSite<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        site: string;
        name?: string;
        region?: string | null;
        latitude?: number | null;
        longitude?: number | null;
        timeZone?: string;
        language?: 'en' | 'de';
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateSiteResponses, UpdateSiteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'site' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'region' },
                    { in: 'body', key: 'latitude' },
                    { in: 'body', key: 'longitude' },
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'language' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateSiteResponses, UpdateSiteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites/{site}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Stop a whole site
     *
     * Every actuator there is stopped at once and held, also what is registered there later, until the stop is released. Stopping a stopped site says STOP again.
     */
    public stopSite<ThrowOnError extends boolean = false>(parameters: {
        'idempotency-key'?: string;
        site: string;
        reason?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<StopSiteResponses, StopSiteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'idempotency-key' },
                    { in: 'path', key: 'site' },
                    { in: 'body', key: 'reason' }
                ] }]);
        return (options?.client ?? this.client).post<StopSiteResponses, StopSiteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites/{site}/stop',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * End the stop of a site
     *
     * Nothing starts by that. What a person's own STOP or a trip holds there goes on being held.
     */
    public releaseSite<ThrowOnError extends boolean = false>(parameters: {
        'idempotency-key'?: string;
        site: string;
        body: {
            [key: string]: never;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<ReleaseSiteResponses, ReleaseSiteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'idempotency-key' },
                    { in: 'path', key: 'site' },
                    { key: 'body', map: 'body' }
                ] }]);
        return (options?.client ?? this.client).post<ReleaseSiteResponses, ReleaseSiteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/sites/{site}/release',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List assets
     */
    public listAssets<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        site?: string;
        kind?: string;
        parent?: number;
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAssetsResponses, ListAssetsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'parent' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListAssetsResponses, ListAssetsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets',
            ...options,
            ...params
        });
    }
    
    /**
     * Make an asset
     */
    public createAsset<ThrowOnError extends boolean = false>(parameters: {
        kind: string;
        name: string;
        site?: string | number;
        parent?: number;
        properties?: {
            [key: string]: unknown;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateAssetResponses, CreateAssetErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'kind' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'site' },
                    { in: 'body', key: 'parent' },
                    { in: 'body', key: 'properties' }
                ] }]);
        return (options?.client ?? this.client).post<CreateAssetResponses, CreateAssetErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Assets as a tree: depth first, each with its depth and its devices
     *
     * Of a site, or at and below one asset; 10000 at most.
     */
    public listAssetsTree<ThrowOnError extends boolean = false>(parameters?: {
        site?: string;
        root?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAssetsTreeResponses, ListAssetsTreeErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'site' }, { in: 'query', key: 'root' }] }]);
        return (options?.client ?? this.client).get<ListAssetsTreeResponses, ListAssetsTreeErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets/tree',
            ...options,
            ...params
        });
    }
    
    /**
     * Delete an asset without devices and children
     */
    public deleteAsset<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        asset: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteAssetResponses, DeleteAssetErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'asset' }] }]);
        return (options?.client ?? this.client).delete<DeleteAssetResponses, DeleteAssetErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets/{asset}',
            ...options,
            ...params
        });
    }
    
    /**
     * One asset
     */
    public getAsset<ThrowOnError extends boolean = false>(parameters: {
        asset: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAssetResponses, GetAssetErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'asset' }] }]);
        return (options?.client ?? this.client).get<GetAssetResponses, GetAssetErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets/{asset}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change an asset
     */
    public updateAsset<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        asset: number;
        kind?: string;
        name?: string;
        parent?: number | null;
        properties?: {
            [key: string]: unknown;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateAssetResponses, UpdateAssetErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'asset' },
                    { in: 'body', key: 'kind' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'parent' },
                    { in: 'body', key: 'properties' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateAssetResponses, UpdateAssetErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets/{asset}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * What happened at assets, the newest first
     */
    public listAssetEvents<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        kind?: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        from?: string;
        to?: string;
        asset?: number;
        device?: string;
        site?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAssetEventsResponses, ListAssetEventsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' },
                    { in: 'query', key: 'asset' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'site' }
                ] }]);
        return (options?.client ?? this.client).get<ListAssetEventsResponses, ListAssetEventsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/asset-events',
            ...options,
            ...params
        });
    }
    
    /**
     * Write down what happened
     *
     * At an asset, to an instrument, or both; an instrument's asset is named by itself. `at` is when it happened, also long ago.
     */
    public createAssetEvent<ThrowOnError extends boolean = false>(parameters: {
        kind: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        asset?: number;
        device?: string;
        at: string;
        details?: {
            grams?: number;
            feed?: string;
            metric?: string;
            method?: string;
            /**
             * What it should have shown.
             */
            reference?: number;
            /**
             * What it showed.
             */
            before?: number;
            after?: number;
            values?: {
                [key: string]: number;
            };
            laboratory?: string;
            sample?: string;
            kilograms?: number;
            pieces?: number;
        };
        note?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateAssetEventResponses, CreateAssetEventErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'kind' },
                    { in: 'body', key: 'asset' },
                    { in: 'body', key: 'device' },
                    { in: 'body', key: 'at' },
                    { in: 'body', key: 'details' },
                    { in: 'body', key: 'note' }
                ] }]);
        return (options?.client ?? this.client).post<CreateAssetEventResponses, CreateAssetEventErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/asset-events',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * What happened at an asset, the newest first
     */
    public listEventsOfAsset<ThrowOnError extends boolean = false>(parameters: {
        asset: number;
        limit?: number;
        cursor?: string;
        kind?: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListEventsOfAssetResponses, ListEventsOfAssetErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'asset' },
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListEventsOfAssetResponses, ListEventsOfAssetErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/assets/{asset}/events',
            ...options,
            ...params
        });
    }
    
    /**
     * What was done to a device, such as its calibrations, the newest first
     */
    public listDeviceEvents<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        limit?: number;
        cursor?: string;
        kind?: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDeviceEventsResponses, ListDeviceEventsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'uid' },
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListDeviceEventsResponses, ListDeviceEventsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/events',
            ...options,
            ...params
        });
    }
    
    /**
     * Delete an event that did not happen
     *
     * The audit keeps what it said.
     */
    public deleteAssetEvent<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        event: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteAssetEventResponses, DeleteAssetEventErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'event' }] }]);
        return (options?.client ?? this.client).delete<DeleteAssetEventResponses, DeleteAssetEventErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/asset-events/{event}',
            ...options,
            ...params
        });
    }
    
    /**
     * One event of an asset
     */
    public getAssetEvent<ThrowOnError extends boolean = false>(parameters: {
        event: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAssetEventResponses, GetAssetEventErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'event' }] }]);
        return (options?.client ?? this.client).get<GetAssetEventResponses, GetAssetEventErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/asset-events/{event}',
            ...options,
            ...params
        });
    }
    
    /**
     * Correct what was written down
     *
     * What is absent stays. What happened, and to whom, stays too: delete it and write it anew.
     */
    public updateAssetEvent<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        event: number;
        at?: string;
        details?: {
            grams?: number;
            feed?: string;
            metric?: string;
            method?: string;
            /**
             * What it should have shown.
             */
            reference?: number;
            /**
             * What it showed.
             */
            before?: number;
            after?: number;
            values?: {
                [key: string]: number;
            };
            laboratory?: string;
            sample?: string;
            kilograms?: number;
            pieces?: number;
        };
        note?: string | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateAssetEventResponses, UpdateAssetEventErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'event' },
                    { in: 'body', key: 'at' },
                    { in: 'body', key: 'details' },
                    { in: 'body', key: 'note' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateAssetEventResponses, UpdateAssetEventErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/asset-events/{event}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List tariffs
     */
    public listTariffs<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        site?: string;
        on?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListTariffsResponses, ListTariffsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'on' }
                ] }]);
        return (options?.client ?? this.client).get<ListTariffsResponses, ListTariffsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/tariffs',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a tariff
     *
     * Of a site, or of every site without one of its own. Refused with all gaps and overlaps of its periods, and when another tariff of the same site holds on a day of it.
     */
    public createTariff<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        currency?: string;
        validFrom: string;
        validUntil?: string | null;
        periods: Array<{
            name: string;
            /**
             * Of a kilowatt hour.
             */
            price: number;
            /**
             * All when absent.
             */
            months?: Array<number>;
            /**
             * All when absent.
             */
            days?: Array<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'>;
            /**
             * "06:00"; "24:00" is the end of the day.
             */
            from?: string;
            /**
             * "06:00"; "24:00" is the end of the day.
             */
            to?: string;
        }>;
        tiers?: Array<{
            aboveKwh: number;
            addedPrice: number;
        }>;
        feedInPrice?: number;
        standingChargePerDay?: number;
        site?: string | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateTariffResponses, CreateTariffErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'currency' },
                    { in: 'body', key: 'validFrom' },
                    { in: 'body', key: 'validUntil' },
                    { in: 'body', key: 'periods' },
                    { in: 'body', key: 'tiers' },
                    { in: 'body', key: 'feedInPrice' },
                    { in: 'body', key: 'standingChargePerDay' },
                    { in: 'body', key: 'site' }
                ] }]);
        return (options?.client ?? this.client).post<CreateTariffResponses, CreateTariffErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/tariffs',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a tariff
     */
    public deleteTariff<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        tariff: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteTariffResponses, DeleteTariffErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'tariff' }] }]);
        return (options?.client ?? this.client).delete<DeleteTariffResponses, DeleteTariffErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/tariffs/{tariff}',
            ...options,
            ...params
        });
    }
    
    /**
     * One tariff
     */
    public getTariff<ThrowOnError extends boolean = false>(parameters: {
        tariff: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetTariffResponses, GetTariffErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'tariff' }] }]);
        return (options?.client ?? this.client).get<GetTariffResponses, GetTariffErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/tariffs/{tariff}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a tariff
     *
     * What is absent stays; it keeps its site.
     */
    public updateTariff<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        tariff: number;
        name?: string;
        currency?: string;
        validFrom?: string;
        validUntil?: string | null;
        periods?: Array<{
            name: string;
            /**
             * Of a kilowatt hour.
             */
            price: number;
            /**
             * All when absent.
             */
            months?: Array<number>;
            /**
             * All when absent.
             */
            days?: Array<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'>;
            /**
             * "06:00"; "24:00" is the end of the day.
             */
            from?: string;
            /**
             * "06:00"; "24:00" is the end of the day.
             */
            to?: string;
        }>;
        tiers?: Array<{
            aboveKwh: number;
            addedPrice: number;
        }>;
        feedInPrice?: number;
        standingChargePerDay?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateTariffResponses, UpdateTariffErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'tariff' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'currency' },
                    { in: 'body', key: 'validFrom' },
                    { in: 'body', key: 'validUntil' },
                    { in: 'body', key: 'periods' },
                    { in: 'body', key: 'tiers' },
                    { in: 'body', key: 'feedInPrice' },
                    { in: 'body', key: 'standingChargePerDay' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateTariffResponses, UpdateTariffErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/tariffs/{tariff}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List device profiles
     */
    public listProfiles<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListProfilesResponses, ListProfilesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListProfilesResponses, ListProfilesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a device profile
     *
     * Each device that is registered with it is given its actuators and its rules.
     */
    public createProfile<ThrowOnError extends boolean = false>(parameters: {
        key: string;
        name: string;
        metrics?: Array<{
            key: string;
            /**
             * A counter only grows, until its device starts anew at 0; a gauge goes up and down.
             */
            kind?: 'gauge' | 'counter';
            unit?: string | null;
            quantity?: string | null;
            minimum?: number | null;
            maximum?: number | null;
            precision?: number | null;
            flatlineMs?: number | null;
            maxStep?: number | null;
            stepMs?: number | null;
        }>;
        actuators?: Array<{
            key: string;
            kind: string;
            /**
             * Nothing passes it.
             */
            maxRunMs: number;
            /**
             * Least time from OFF to the next ON; an administrator's override passes it.
             */
            cooldownMs: number;
            /**
             * Least time from OFF to the next ON for the machine itself; nothing passes it.
             */
            minOffMs?: number;
            /**
             * Starts in a day of its site.
             */
            maxStartsPerDay?: number;
            /**
             * Time on in a day of its site.
             */
            maxRunMsPerDay?: number;
            /**
             * Its safe state is reached within this time of losing the link.
             */
            linkLossMs?: number;
            /**
             * Readings that an automatic start rests on are younger.
             */
            maxReadingAgeMs?: number;
            /**
             * What it does at a boot and without its link: off, on, or what a controller beside it decides.
             */
            safeState?: 'off' | 'on' | 'local';
            /**
             * Each device has it for itself, as `<uid>/<group>`.
             */
            interlockGroup?: string;
            maxDose?: {
                amount: number;
                unit: string;
            };
            /**
             * Conditions on fresh readings, without which nothing starts.
             */
            permissives?: Array<{
                /**
                 * Unique within the organization.
                 */
                device?: string;
                metric: string;
                operator: 'above' | 'below';
                value: number;
                maxAgeMs?: number;
            }>;
        }>;
        rules?: Array<{
            key: string;
            name: string;
            metric: string;
            comparison: 'below' | 'above';
            threshold: number;
            /**
             * How far beyond its threshold a value has to come back; 0 when absent.
             */
            hysteresis?: number;
            /**
             * How long it has to be so before it fires.
             */
            forMs?: number;
            /**
             * THRESHOLD when absent.
             */
            priority?: 'EMERGENCY' | 'THRESHOLD';
            action?: {
                actuator: string;
                kind: 'RUN';
                durationMs: number;
            } | {
                actuator: string;
                kind: 'TRIP';
            };
            /**
             * What it tells people while it fires. A rule has an action, an alert, or both.
             */
            alert?: {
                severity: 'info' | 'warning' | 'major' | 'critical';
                message?: string;
                isLatched?: boolean;
                group?: string;
                reAlarmAfterMs?: number;
            };
        }>;
        readingsPerSecond?: number;
        readingsBurst?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateProfileResponses, CreateProfileErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'key' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'metrics' },
                    { in: 'body', key: 'actuators' },
                    { in: 'body', key: 'rules' },
                    { in: 'body', key: 'readingsPerSecond' },
                    { in: 'body', key: 'readingsBurst' }
                ] }]);
        return (options?.client ?? this.client).post<CreateProfileResponses, CreateProfileErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a device profile that no device has
     */
    public deleteProfile<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        profile: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteProfileResponses, DeleteProfileErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'profile' }] }]);
        return (options?.client ?? this.client).delete<DeleteProfileResponses, DeleteProfileErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}',
            ...options,
            ...params
        });
    }
    
    /**
     * One device profile with its metrics, actuators and rules
     */
    public getProfile<ThrowOnError extends boolean = false>(parameters: {
        profile: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetProfileResponses, GetProfileErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'profile' }] }]);
        return (options?.client ?? this.client).get<GetProfileResponses, GetProfileErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a device profile
     */
    public updateProfile<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        profile: string;
        name?: string;
        readingsPerSecond?: number;
        readingsBurst?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateProfileResponses, UpdateProfileErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'profile' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'readingsPerSecond' },
                    { in: 'body', key: 'readingsBurst' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateProfileResponses, UpdateProfileErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * The metrics of a profile
     */
    public listProfileMetrics<ThrowOnError extends boolean = false>(parameters: {
        profile: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListProfileMetricsResponses, ListProfileMetricsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'profile' }] }]);
        return (options?.client ?? this.client).get<ListProfileMetricsResponses, ListProfileMetricsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}/metrics',
            ...options,
            ...params
        });
    }
    
    /**
     * One metric of a profile
     */
    public getProfileMetric<ThrowOnError extends boolean = false>(parameters: {
        profile: string;
        metric: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetProfileMetricResponses, GetProfileMetricErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'profile' }, { in: 'path', key: 'metric' }] }]);
        return (options?.client ?? this.client).get<GetProfileMetricResponses, GetProfileMetricErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}/metrics/{metric}',
            ...options,
            ...params
        });
    }
    
    /**
     * Describe a metric, adding it when it is new
     */
    public putProfileMetric<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        profile: string;
        metric: string;
        kind?: 'gauge' | 'counter';
        unit?: string | null;
        quantity?: string | null;
        minimum?: number | null;
        maximum?: number | null;
        precision?: number | null;
        flatlineMs?: number | null;
        maxStep?: number | null;
        stepMs?: number | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<PutProfileMetricResponses, PutProfileMetricErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'profile' },
                    { in: 'path', key: 'metric' },
                    { in: 'body', key: 'kind' },
                    { in: 'body', key: 'unit' },
                    { in: 'body', key: 'quantity' },
                    { in: 'body', key: 'minimum' },
                    { in: 'body', key: 'maximum' },
                    { in: 'body', key: 'precision' },
                    { in: 'body', key: 'flatlineMs' },
                    { in: 'body', key: 'maxStep' },
                    { in: 'body', key: 'stepMs' }
                ] }]);
        return (options?.client ?? this.client).put<PutProfileMetricResponses, PutProfileMetricErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}/metrics/{metric}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List devices
     */
    public listDevices<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        site?: string;
        profile?: string;
        asset?: number;
        status?: 'active' | 'inactive';
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDevicesResponses, ListDevicesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'profile' },
                    { in: 'query', key: 'asset' },
                    { in: 'query', key: 'status' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListDevicesResponses, ListDevicesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices',
            ...options,
            ...params
        });
    }
    
    /**
     * Register a device
     *
     * Brings the actuators and rules of its profile. The token is shown in this answer only.
     */
    public registerDevice<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        name?: string;
        profile: string;
        site?: string | number;
        asset?: number;
        gateway?: string;
        properties?: {
            [key: string]: unknown;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<RegisterDeviceResponses, RegisterDeviceErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'uid' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'profile' },
                    { in: 'body', key: 'site' },
                    { in: 'body', key: 'asset' },
                    { in: 'body', key: 'gateway' },
                    { in: 'body', key: 'properties' }
                ] }]);
        return (options?.client ?? this.client).post<RegisterDeviceResponses, RegisterDeviceErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Deactivate a device
     *
     * Its token opens nothing more. Its readings stay. 409 while an actuator of it runs, or may run.
     */
    public deactivateDevice<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        uid: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeactivateDeviceResponses, DeactivateDeviceErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'uid' }] }]);
        return (options?.client ?? this.client).delete<DeactivateDeviceResponses, DeactivateDeviceErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}',
            ...options,
            ...params
        });
    }
    
    /**
     * One device
     */
    public getDevice<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetDeviceResponses, GetDeviceErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }] }]);
        return (options?.client ?? this.client).get<GetDeviceResponses, GetDeviceErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a device
     */
    public updateDevice<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        uid: string;
        name?: string;
        status?: 'active' | 'inactive';
        site?: string | number;
        asset?: number | null;
        gateway?: string | null;
        properties?: {
            [key: string]: unknown;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateDeviceResponses, UpdateDeviceErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'uid' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'status' },
                    { in: 'body', key: 'site' },
                    { in: 'body', key: 'asset' },
                    { in: 'body', key: 'gateway' },
                    { in: 'body', key: 'properties' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateDeviceResponses, UpdateDeviceErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * The devices that a gateway speaks for
     */
    public listDeviceDevices<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDeviceDevicesResponses, ListDeviceDevicesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'uid' },
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' }
                ] }]);
        return (options?.client ?? this.client).get<ListDeviceDevicesResponses, ListDeviceDevicesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/devices',
            ...options,
            ...params
        });
    }
    
    /**
     * Revoke the tokens of a device
     *
     * Its sessions end within a second. Its certificates stay; another token is given with POST.
     */
    public deleteDeviceToken<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteDeviceTokenResponses, DeleteDeviceTokenErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }] }]);
        return (options?.client ?? this.client).delete<DeleteDeviceTokenResponses, DeleteDeviceTokenErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/token',
            ...options,
            ...params
        });
    }
    
    /**
     * Give a device a new token
     *
     * The old one stops working within a second, or after the overlap. There are never more than two: in an overlap the one in use stays.
     */
    public rotateDeviceToken<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        overlapSeconds?: number;
        endsOldOnFirstUse?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<RotateDeviceTokenResponses, RotateDeviceTokenErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'uid' },
                    { in: 'body', key: 'overlapSeconds' },
                    { in: 'body', key: 'endsOldOnFirstUse' }
                ] }]);
        return (options?.client ?? this.client).post<RotateDeviceTokenResponses, RotateDeviceTokenErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/token',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * The certificates of a device
     */
    public listDeviceCertificates<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDeviceCertificatesResponses, ListDeviceCertificatesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }] }]);
        return (options?.client ?? this.client).get<ListDeviceCertificatesResponses, ListDeviceCertificatesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/certificates',
            ...options,
            ...params
        });
    }
    
    /**
     * Let a device prove itself by a certificate
     *
     * Over MQTT with TLS, where `SLUICE_TLS_CA` names the authority that signed it. HTTP is encrypted by the proxy in front, so certificates count for nothing there.
     */
    public createDeviceCertificate<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        certificate: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateDeviceCertificateResponses, CreateDeviceCertificateErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }, { in: 'body', key: 'certificate' }] }]);
        return (options?.client ?? this.client).post<CreateDeviceCertificateResponses, CreateDeviceCertificateErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/certificates',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Take a certificate from a device
     *
     * Sessions that it opened end within a second.
     */
    public deleteDeviceCertificate<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        fingerprint: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteDeviceCertificateResponses, DeleteDeviceCertificateErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }, { in: 'path', key: 'fingerprint' }] }]);
        return (options?.client ?? this.client).delete<DeleteDeviceCertificateResponses, DeleteDeviceCertificateErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/certificates/{fingerprint}',
            ...options,
            ...params
        });
    }
    
    /**
     * List the codes for claiming devices
     *
     * Without the codes themselves: those are shown once.
     */
    public listClaims<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListClaimsResponses, ListClaimsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListClaimsResponses, ListClaimsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/claims',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a code for claiming a device
     *
     * Good once. The code is shown in this answer only; it ends in 7 days unless said otherwise, in 30 at most.
     */
    public createClaim<ThrowOnError extends boolean = false>(parameters: {
        profile: string;
        site?: string | number;
        asset?: number;
        uid?: string;
        expiresAt?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateClaimResponses, CreateClaimErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'profile' },
                    { in: 'body', key: 'site' },
                    { in: 'body', key: 'asset' },
                    { in: 'body', key: 'uid' },
                    { in: 'body', key: 'expiresAt' }
                ] }]);
        return (options?.client ?? this.client).post<CreateClaimResponses, CreateClaimErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/claims',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Revoke a code for claiming a device
     */
    public deleteClaim<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteClaimResponses, DeleteClaimErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteClaimResponses, DeleteClaimErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/claims/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Claim a device by its code
     *
     * For the device itself, which has nothing but the code. The answer is the same for a code that is wrong, used, revoked or has ended. The token is shown in this answer only.
     */
    public claimDevice<ThrowOnError extends boolean = false>(parameters: {
        code: string;
        uid?: string;
        certificate?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ClaimDeviceResponses, ClaimDeviceErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'code' },
                    { in: 'body', key: 'uid' },
                    { in: 'body', key: 'certificate' }
                ] }]);
        return (options?.client ?? this.client).post<ClaimDeviceResponses, ClaimDeviceErrors, ThrowOnError>({
            url: '/api/v1/devices/claim',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * All devices as a file
     *
     * Without anything secret. JSON, or with `Accept: text/csv` CSV that `POST /api/v1/devices/bulk` takes; a text that a spreadsheet would take for a formula begins with an apostrophe there.
     */
    public listDevicesExport<ThrowOnError extends boolean = false>(parameters?: {
        site?: string;
        profile?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDevicesExportResponses, ListDevicesExportErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'site' }, { in: 'query', key: 'profile' }] }]);
        return (options?.client ?? this.client).get<ListDevicesExportResponses, ListDevicesExportErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/export',
            ...options,
            ...params
        });
    }
    
    /**
     * List API clients
     */
    public listClients<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        entity?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListClientsResponses, ListClientsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'entity' }
                ] }]);
        return (options?.client ?? this.client).get<ListClientsResponses, ListClientsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/clients',
            ...options,
            ...params
        });
    }
    
    /**
     * Make an API client
     *
     * The client of an entity may have the scope `external:read` and no other.
     */
    public createClient<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        scopes: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
        entity?: string;
        limits?: {
            perSecond: number;
            burst: number;
        } | null;
        expiresAt?: string | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateClientResponses, CreateClientErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'scopes' },
                    { in: 'body', key: 'entity' },
                    { in: 'body', key: 'limits' },
                    { in: 'body', key: 'expiresAt' }
                ] }]);
        return (options?.client ?? this.client).post<CreateClientResponses, CreateClientErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/clients',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Revoke an API client
     */
    public revokeClient<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RevokeClientResponses, RevokeClientErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<RevokeClientResponses, RevokeClientErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/clients/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One API client
     */
    public getClient<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetClientResponses, GetClientErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetClientResponses, GetClientErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/clients/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change an API client
     *
     * What it may no longer do, its tokens open no more within a second.
     */
    public updateClient<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: string;
        name?: string;
        scopes?: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
        limits?: {
            perSecond: number;
            burst: number;
        } | null;
        expiresAt?: string | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateClientResponses, UpdateClientErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'scopes' },
                    { in: 'body', key: 'limits' },
                    { in: 'body', key: 'expiresAt' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateClientResponses, UpdateClientErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/clients/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Give an API client another token and another secret
     *
     * The present ones stay good for `overlapSeconds`; any that were replaced before end now.
     */
    public rotateClient<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        overlapSeconds?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<RotateClientResponses, RotateClientErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'body', key: 'overlapSeconds' }] }]);
        return (options?.client ?? this.client).post<RotateClientResponses, RotateClientErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/clients/{id}/rotate',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List outside parties
     */
    public listEntities<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListEntitiesResponses, ListEntitiesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListEntitiesResponses, ListEntitiesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/entities',
            ...options,
            ...params
        });
    }
    
    /**
     * Make an outside party
     */
    public createEntity<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        slug?: string;
        sites?: Array<string>;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateEntityResponses, CreateEntityErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'slug' },
                    { in: 'body', key: 'sites' }
                ] }]);
        return (options?.client ?? this.client).post<CreateEntityResponses, CreateEntityErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/entities',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete an outside party
     *
     * Its clients are revoked.
     */
    public deleteEntity<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        entity: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteEntityResponses, DeleteEntityErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'entity' }] }]);
        return (options?.client ?? this.client).delete<DeleteEntityResponses, DeleteEntityErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/entities/{entity}',
            ...options,
            ...params
        });
    }
    
    /**
     * One outside party
     */
    public getEntity<ThrowOnError extends boolean = false>(parameters: {
        entity: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetEntityResponses, GetEntityErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'entity' }] }]);
        return (options?.client ?? this.client).get<GetEntityResponses, GetEntityErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/entities/{entity}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change an outside party
     */
    public updateEntity<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        entity: string;
        name?: string;
        sites?: Array<string>;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateEntityResponses, UpdateEntityErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'entity' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'sites' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateEntityResponses, UpdateEntityErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/entities/{entity}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List applications that people sign in through
     */
    public listApplications<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListApplicationsResponses, ListApplicationsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListApplicationsResponses, ListApplicationsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/applications',
            ...options,
            ...params
        });
    }
    
    /**
     * Register an application that people sign in through
     */
    public createApplication<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        redirectUris: Array<string>;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateApplicationResponses, CreateApplicationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'name' }, { in: 'body', key: 'redirectUris' }] }]);
        return (options?.client ?? this.client).post<CreateApplicationResponses, CreateApplicationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/applications',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Revoke an application
     *
     * Every session that was begun through it ends.
     */
    public deleteApplication<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteApplicationResponses, DeleteApplicationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteApplicationResponses, DeleteApplicationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/applications/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings of the sites that an outside party may read
     *
     * For each active device what is newest, and its readings from `from` to `to` in columns. At most 1000000 values a page.
     */
    public getExternalData<ThrowOnError extends boolean = false>(parameters?: {
        entity_id?: string;
        from?: string;
        to?: string;
        site?: string;
        metrics?: string;
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetExternalDataResponses, GetExternalDataErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'entity_id' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'metrics' },
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' }
                ] }]);
        return (options?.client ?? this.client).get<GetExternalDataResponses, GetExternalDataErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/external/data',
            ...options,
            ...params
        });
    }
    
    /**
     * The organization's configuration
     *
     * Profiles, sites, assets, devices, the limits of actuators, tariffs, rules, schedules, channels, routes and entities, by name and without numbers. Nothing secret: no tokens, and of webhooks no signing secrets.
     */
    public getConfiguration<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetConfigurationResponses, GetConfigurationErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetConfigurationResponses, GetConfigurationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/configuration',
            ...options
        });
    }
    
    /**
     * Make the organization as a configuration says
     *
     * A section that is absent is left as it is, and so is a field. Names lead to things of the document or to such as are there. A document with a mistake changes nothing and is answered with all of them; then each thing is made or changed by itself, section by section in the order above, and 207 says that some could not be. Put again, it does what was left undone. One at a time: while another is under way, 409.
     */
    public putConfiguration<ThrowOnError extends boolean = false>(parameters: {
        dryRun?: boolean;
        prune?: boolean;
        expectDeletions?: number;
        version: 1;
        profiles?: Array<{
            key: string;
            metrics?: Array<{
                key: string;
                [key: string]: unknown;
            }>;
            [key: string]: unknown;
        }>;
        sites?: Array<{
            slug: string;
            name: string;
            [key: string]: unknown;
        }>;
        assets?: Array<{
            site: string;
            /**
             * The names above an asset, and its own.
             */
            path: Array<string>;
            /**
             * Free facts: a JSON object.
             */
            properties?: {
                [key: string]: unknown;
            };
            [key: string]: unknown;
        }>;
        devices?: Array<{
            /**
             * Unique within the organization.
             */
            uid: string;
            profile: string;
            site?: string;
            asset?: Array<string> | null;
            gateway?: string | null;
            status?: 'active' | 'inactive';
            [key: string]: unknown;
        }>;
        actuators?: Array<{
            /**
             * Unique within the organization.
             */
            device: string;
            key: string;
            envelope?: {
                /**
                 * Nothing passes it.
                 */
                maxRunMs?: number;
                /**
                 * Least time from OFF to the next ON; an administrator's override passes it.
                 */
                cooldownMs?: number;
                minOffMs?: number | null;
                maxStartsPerDay?: number | null;
                maxRunMsPerDay?: number | null;
                linkLossMs?: number | null;
                maxReadingAgeMs?: number | null;
                safeState?: 'off' | 'on' | 'local' | null;
                interlockGroup?: string | null;
                maxDose?: {
                    amount: number;
                    unit: string;
                } | null;
                permissives?: Array<{
                    /**
                     * Unique within the organization.
                     */
                    device?: string;
                    metric: string;
                    operator: 'above' | 'below';
                    value: number;
                    maxAgeMs?: number;
                }> | null;
            };
            unfenced?: boolean;
        }>;
        tariffs?: Array<{
            name: string;
            site?: string | null;
            validFrom: string;
            [key: string]: unknown;
        }>;
        rules?: Array<{
            /**
             * Unique within the organization.
             */
            device?: string;
            asset?: {
                site: string;
                /**
                 * The names above an asset, and its own.
                 */
                path: Array<string>;
            };
            key: string;
            name: string;
            definition: {
                gates?: Array<{
                    kind: string;
                    rule?: {
                        /**
                         * Unique within the organization.
                         */
                        device?: string;
                        asset?: {
                            site: string;
                            /**
                             * The names above an asset, and its own.
                             */
                            path: Array<string>;
                        };
                        key: string;
                    };
                    [key: string]: unknown;
                }>;
                [key: string]: unknown;
            };
            action?: {
                actuator: {
                    /**
                     * Unique within the organization.
                     */
                    device: string;
                    key: string;
                };
                [key: string]: unknown;
            } | null;
            [key: string]: unknown;
        }>;
        schedules?: Array<{
            key: string;
            name: string;
            actuator: {
                /**
                 * Unique within the organization.
                 */
                device: string;
                key: string;
            };
            [key: string]: unknown;
        }>;
        channels?: Array<{
            name: string;
            kind: string;
            configuration: {
                [key: string]: unknown;
            };
            isEnabled?: boolean;
            /**
             * Of a webhook; never shown. A new one without it is given one of its own, told once. Another one than it has is a rotation: the one before signs beside it for a day.
             */
            secret?: string;
            [key: string]: unknown;
        }>;
        routes?: Array<{
            name: string;
            channels: Array<string>;
            match?: {
                sites?: Array<string> | null;
                rules?: Array<{
                    /**
                     * Unique within the organization.
                     */
                    device?: string;
                    asset?: {
                        site: string;
                        /**
                         * The names above an asset, and its own.
                         */
                        path: Array<string>;
                    };
                    key: string;
                }> | null;
                [key: string]: unknown;
            };
            escalation?: Array<{
                channels: Array<string>;
                [key: string]: unknown;
            }>;
            [key: string]: unknown;
        }>;
        entities?: Array<{
            slug: string;
            name: string;
            sites?: Array<string>;
            [key: string]: unknown;
        }>;
    }, options?: Options<never, ThrowOnError>): RequestResult<PutConfigurationResponses, PutConfigurationErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'dryRun' },
                    { in: 'query', key: 'prune' },
                    { in: 'query', key: 'expectDeletions' },
                    { in: 'body', key: 'version' },
                    { in: 'body', key: 'profiles' },
                    { in: 'body', key: 'sites' },
                    { in: 'body', key: 'assets' },
                    { in: 'body', key: 'devices' },
                    { in: 'body', key: 'actuators' },
                    { in: 'body', key: 'tariffs' },
                    { in: 'body', key: 'rules' },
                    { in: 'body', key: 'schedules' },
                    { in: 'body', key: 'channels' },
                    { in: 'body', key: 'routes' },
                    { in: 'body', key: 'entities' }
                ] }]);
        return (options?.client ?? this.client).put<PutConfigurationResponses, PutConfigurationErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/configuration',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Who changed what, newest first
     *
     * Each change with the state before and after it. With `Accept: text/csv` all that match, 100000 at most, in one file.
     */
    public listAudit<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actor?: string;
        action?: string;
        subject?: string;
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAuditResponses, ListAuditErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actor' },
                    { in: 'query', key: 'action' },
                    { in: 'query', key: 'subject' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListAuditResponses, ListAuditErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/audit',
            ...options,
            ...params
        });
    }
    
    /**
     * How long the readings of a profile are kept
     */
    public getProfileRetention<ThrowOnError extends boolean = false>(parameters: {
        profile: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetProfileRetentionResponses, GetProfileRetentionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'profile' }] }]);
        return (options?.client ?? this.client).get<GetProfileRetentionResponses, GetProfileRetentionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}/retention',
            ...options,
            ...params
        });
    }
    
    /**
     * Say how long the readings of a profile are kept, or hold them
     *
     * Whole parts go, a day or a month of readings at a time, once all of it is old enough.
     */
    public putProfileRetention<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        profile: string;
        policy: 'keep' | 'thin' | 'own';
        rawDays?: number | null;
        quarterDays?: number | null;
        dayDays?: number | null;
        rollupDays?: number | null;
        holdReason?: string | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<PutProfileRetentionResponses, PutProfileRetentionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'profile' },
                    { in: 'body', key: 'policy' },
                    { in: 'body', key: 'rawDays' },
                    { in: 'body', key: 'quarterDays' },
                    { in: 'body', key: 'dayDays' },
                    { in: 'body', key: 'rollupDays' },
                    { in: 'body', key: 'holdReason' }
                ] }]);
        return (options?.client ?? this.client).put<PutProfileRetentionResponses, PutProfileRetentionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}/retention',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * What would go now, by the policy that holds or by another
     *
     * Changes nothing. Under a hold nothing goes; this says what would without it. What is due goes a day later.
     */
    public dryProfileRetentionRun<ThrowOnError extends boolean = false>(parameters: {
        profile: string;
        policy?: 'keep' | 'thin' | 'own';
        rawDays?: number | null;
        quarterDays?: number | null;
        dayDays?: number | null;
        rollupDays?: number | null;
    }, options?: Options<never, ThrowOnError>): RequestResult<DryProfileRetentionRunResponses, DryProfileRetentionRunErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'profile' },
                    { in: 'body', key: 'policy' },
                    { in: 'body', key: 'rawDays' },
                    { in: 'body', key: 'quarterDays' },
                    { in: 'body', key: 'dayDays' },
                    { in: 'body', key: 'rollupDays' }
                ] }]);
        return (options?.client ?? this.client).post<DryProfileRetentionRunResponses, DryProfileRetentionRunErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/profiles/{profile}/retention/dry-run',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * What was to be erased, and what became of it, newest first
     */
    public listErasures<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListErasuresResponses, ListErasuresErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListErasuresResponses, ListErasuresErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/erasures',
            ...options,
            ...params
        });
    }
    
    /**
     * Have the readings of a device, or of the whole organization, erased for good
     *
     * Takes all that was sent so far, and what comes until the generation that is open now is closed; what comes later is kept. It takes as long as the slowest query may, a quarter of an hour at least, and waits for readings of any device to close the generation. Refused under a legal hold.
     */
    public erasures<ThrowOnError extends boolean = false>(parameters: {
        device?: string;
        organization?: true;
        reason: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ErasuresResponses, ErasuresErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'device' },
                    { in: 'body', key: 'organization' },
                    { in: 'body', key: 'reason' }
                ] }]);
        return (options?.client ?? this.client).post<ErasuresResponses, ErasuresErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/erasures',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * The receipt of an erasure
     */
    public getErasure<ThrowOnError extends boolean = false>(parameters: {
        erasure: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetErasureResponses, GetErasureErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'erasure' }] }]);
        return (options?.client ?? this.client).get<GetErasureResponses, GetErasureErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/erasures/{erasure}',
            ...options,
            ...params
        });
    }
    
    /**
     * The newest value of each metric
     */
    public getLatestValues<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetLatestValuesResponses, GetLatestValuesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }] }]);
        return (options?.client ?? this.client).get<GetLatestValuesResponses, GetLatestValuesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/latest',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings of a device, in columns
     *
     * JSON, or CSV with `Accept: text/csv`. At most 5000000 values an answer. Where retention has let single readings go that are asked for, the answer is 410 with the code `telemetry.raw_gone` and `goneBefore`; buckets of quarter-hours and longer are still answered. Where only days or months are left, shorter buckets are 410 with `telemetry.resolution_gone`.
     */
    public getTelemetry<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
        metrics?: string;
        from?: string;
        to?: string;
        interval?: string;
        aggregate?: string;
        zone?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetTelemetryResponses, GetTelemetryErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'uid' },
                    { in: 'query', key: 'metrics' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' },
                    { in: 'query', key: 'interval' },
                    { in: 'query', key: 'aggregate' },
                    { in: 'query', key: 'zone' }
                ] }]);
        return (options?.client ?? this.client).get<GetTelemetryResponses, GetTelemetryErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/telemetry',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings of many devices, as a file
     *
     * CSV or Parquet, streamed, sorted by profile, device and time; late and corrected readings as they hold now. An export that fails midway breaks the connection off. At most 2 at once, of one caller 1; whoever takes nothing for 60 seconds is cut off.
     */
    public getTelemetryExport<ThrowOnError extends boolean = false>(parameters?: {
        devices?: string;
        site?: string;
        profile?: string;
        metrics?: string;
        from?: string;
        to?: string;
        format?: 'csv' | 'parquet';
        form?: 'long' | 'wide';
        zone?: string;
        end?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetTelemetryExportResponses, GetTelemetryExportErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'devices' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'profile' },
                    { in: 'query', key: 'metrics' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' },
                    { in: 'query', key: 'format' },
                    { in: 'query', key: 'form' },
                    { in: 'query', key: 'zone' },
                    { in: 'query', key: 'end' }
                ] }]);
        return (options?.client ?? this.client).get<GetTelemetryExportResponses, GetTelemetryExportErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/telemetry/export',
            ...options,
            ...params
        });
    }
    
    /**
     * The newest values of many devices, in columns
     *
     * Of named devices, or of all that a site, a profile or an asset has: 10000 at most, and 250000 values. What is not a number is in each device's own `latest`.
     */
    public getLatest<ThrowOnError extends boolean = false>(parameters?: {
        devices?: string;
        site?: string;
        profile?: string;
        asset?: number;
        metrics?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetLatestResponses, GetLatestErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'devices' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'profile' },
                    { in: 'query', key: 'asset' },
                    { in: 'query', key: 'metrics' }
                ] }]);
        return (options?.client ?? this.client).get<GetLatestResponses, GetLatestErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/latest',
            ...options,
            ...params
        });
    }
    
    /**
     * How moist a zone was, hour by hour
     *
     * Over all probes of the asset and of what is below it, by hours of UTC; hours without a valid reading are left out.
     */
    public getHourlyAverages<ThrowOnError extends boolean = false>(parameters: {
        zone: number;
        hours?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetHourlyAveragesResponses, GetHourlyAveragesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'zone' }, { in: 'query', key: 'hours' }] }]);
        return (options?.client ?? this.client).get<GetHourlyAveragesResponses, GetHourlyAveragesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/zones/{zone}/hourly-averages',
            ...options,
            ...params
        });
    }
    
    /**
     * A sensor's newest values
     */
    public getLatestOfSensor<ThrowOnError extends boolean = false>(parameters: {
        sensor_id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetLatestOfSensorResponses, GetLatestOfSensorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'sensor_id' }] }]);
        return (options?.client ?? this.client).get<GetLatestOfSensorResponses, GetLatestOfSensorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/sensors/latest',
            ...options,
            ...params
        });
    }
    
    /**
     * A sensor's readings of a day or a range
     *
     * JSON, or CSV with `Accept: text/csv`. Name a date, or from and to; however old, wherever they lie.
     */
    public listHistoryOfSensor<ThrowOnError extends boolean = false>(parameters: {
        sensor_id: string;
        date?: string;
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListHistoryOfSensorResponses, ListHistoryOfSensorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'sensor_id' },
                    { in: 'query', key: 'date' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListHistoryOfSensorResponses, ListHistoryOfSensorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/sensors/historical',
            ...options,
            ...params
        });
    }
    
    /**
     * List the solutions that there are, with what installing each would change
     */
    public listSolutions<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<ListSolutionsResponses, ListSolutionsErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<ListSolutionsResponses, ListSolutionsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/solutions',
            ...options
        });
    }
    
    /**
     * Install a solution, or upgrade it
     *
     * All or nothing; again, it changes nothing. What people have changed or deleted stays so, and the answer says it. Devices get another version of a rule or of limits that nobody has changed.
     */
    public installSolution<ThrowOnError extends boolean = false>(parameters: {
        solution: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<InstallSolutionResponses, InstallSolutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'solution' }] }]);
        return (options?.client ?? this.client).post<InstallSolutionResponses, InstallSolutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/solutions/{solution}/install',
            ...options,
            ...params
        });
    }
    
    /**
     * Remove what of a solution is untouched and unused
     *
     * Devices and their readings, rules and limits stay; the answer says which profiles do, and why.
     */
    public deleteSolution<ThrowOnError extends boolean = false>(parameters: {
        solution: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteSolutionResponses, DeleteSolutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'solution' }] }]);
        return (options?.client ?? this.client).delete<DeleteSolutionResponses, DeleteSolutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/solutions/{solution}',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings by local time, each with its payload as it came
     */
    public listReadings<ThrowOnError extends boolean = false>(parameters?: {
        start_date?: string;
        end_date?: string;
        device_id?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListReadingsResponses, ListReadingsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'start_date' },
                    { in: 'query', key: 'end_date' },
                    { in: 'query', key: 'device_id' }
                ] }]);
        return (options?.client ?? this.client).get<ListReadingsResponses, ListReadingsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/readings',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings with a payload that may nest: one, an array, {readings} or NDJSON
     */
    public sendReadings<ThrowOnError extends boolean = false>(parameters: {
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendReadingsResponses, SendReadingsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendReadingsResponses, SendReadingsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/readings',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * The newest reading of each device
     */
    public listLatestReadings<ThrowOnError extends boolean = false>(parameters?: {
        device_id?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListLatestReadingsResponses, ListLatestReadingsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'device_id' }] }]);
        return (options?.client ?? this.client).get<ListLatestReadingsResponses, ListLatestReadingsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/readings/latest',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings by local time, each with its payload as it came
     */
    public listReadingsAtRoot<ThrowOnError extends boolean = false>(parameters?: {
        start_date?: string;
        end_date?: string;
        device_id?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListReadingsAtRootResponses, ListReadingsAtRootErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'start_date' },
                    { in: 'query', key: 'end_date' },
                    { in: 'query', key: 'device_id' }
                ] }]);
        return (options?.client ?? this.client).get<ListReadingsAtRootResponses, ListReadingsAtRootErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/readings',
            ...options,
            ...params
        });
    }
    
    /**
     * Readings with a payload that may nest: one, an array, {readings} or NDJSON
     */
    public sendReadingsAtRoot<ThrowOnError extends boolean = false>(parameters: {
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendReadingsAtRootResponses, SendReadingsAtRootErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendReadingsAtRootResponses, SendReadingsAtRootErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/readings',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * The newest reading of each device
     */
    public listLatestReadingsAtRoot<ThrowOnError extends boolean = false>(parameters?: {
        device_id?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListLatestReadingsAtRootResponses, ListLatestReadingsAtRootErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'device_id' }] }]);
        return (options?.client ?? this.client).get<ListLatestReadingsAtRootResponses, ListLatestReadingsAtRootErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/readings/latest',
            ...options,
            ...params
        });
    }
    
    /**
     * Messages that could not be stored, with the reason, newest first
     */
    public listRejectedMessages<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListRejectedMessagesResponses, ListRejectedMessagesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListRejectedMessagesResponses, ListRejectedMessagesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rejected-messages',
            ...options,
            ...params
        });
    }
    
    /**
     * A device's actuators: what they do, and what they may do
     */
    public listDeviceActuators<ThrowOnError extends boolean = false>(parameters: {
        uid: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDeviceActuatorsResponses, ListDeviceActuatorsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'uid' }] }]);
        return (options?.client ?? this.client).get<ListDeviceActuatorsResponses, ListDeviceActuatorsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/{uid}/actuators',
            ...options,
            ...params
        });
    }
    
    /**
     * List actuators
     */
    public listActuators<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        device?: string;
        site?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListActuatorsResponses, ListActuatorsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'site' }
                ] }]);
        return (options?.client ?? this.client).get<ListActuatorsResponses, ListActuatorsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators',
            ...options,
            ...params
        });
    }
    
    /**
     * One actuator
     */
    public getActuator<ThrowOnError extends boolean = false>(parameters: {
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetActuatorResponses, GetActuatorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetActuatorResponses, GetActuatorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change an actuator's mode or limits
     *
     * All of it, or nothing. Operators change the mode; a lock-out ends by who made it or by an administrator, and releases nothing. Limits, and `unfenced`, are an administrator's: what is absent stays, `null` takes a limit away. They hold from the next decision on, and the device is told.
     */
    public updateActuator<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
        mode?: 'auto' | 'manual' | 'locked-out';
        envelope?: {
            /**
             * Nothing passes it.
             */
            maxRunMs?: number;
            /**
             * Least time from OFF to the next ON; an administrator's override passes it.
             */
            cooldownMs?: number;
            minOffMs?: number | null;
            maxStartsPerDay?: number | null;
            maxRunMsPerDay?: number | null;
            linkLossMs?: number | null;
            maxReadingAgeMs?: number | null;
            safeState?: 'off' | 'on' | 'local' | null;
            interlockGroup?: string | null;
            maxDose?: {
                amount: number;
                unit: string;
            } | null;
            permissives?: Array<{
                /**
                 * Unique within the organization.
                 */
                device?: string;
                metric: string;
                operator: 'above' | 'below';
                value: number;
                maxAgeMs?: number;
            }> | null;
        };
        unfenced?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateActuatorResponses, UpdateActuatorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'mode' },
                    { in: 'body', key: 'envelope' },
                    { in: 'body', key: 'unfenced' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateActuatorResponses, UpdateActuatorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Command an actuator
     *
     * RUN starts it for `durationMs`, DOSE until `amount` is counted out, both inside its limits. A refusal is a 409 that names the limit and, where time helps, `retryAt`; a request that waits is a 202 with its execution, and a key whose request has waited in vain is a 200 with it. STOP stops it at once and holds it. SET with `release` lets it run again; with `value` it gives a set-point.
     */
    public sendCommand<ThrowOnError extends boolean = false>(parameters: {
        'idempotency-key'?: string;
        id: number;
        kind: 'RUN' | 'DOSE' | 'STOP' | 'SET';
        durationMs?: number;
        amount?: number;
        unit?: string;
        value?: number;
        release?: true;
        reason?: string;
        waitMs?: number;
        override?: {
            /**
             * 1 to 500 characters, for the audit.
             */
            reason: string;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<SendCommandResponses, SendCommandErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'idempotency-key' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'kind' },
                    { in: 'body', key: 'durationMs' },
                    { in: 'body', key: 'amount' },
                    { in: 'body', key: 'unit' },
                    { in: 'body', key: 'value' },
                    { in: 'body', key: 'release' },
                    { in: 'body', key: 'reason' },
                    { in: 'body', key: 'waitMs' },
                    { in: 'body', key: 'override' }
                ] }]);
        return (options?.client ?? this.client).post<SendCommandResponses, SendCommandErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators/{id}/commands',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Trips, newest first
     */
    public listTrips<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actuator?: number;
        open?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListTripsResponses, ListTripsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actuator' },
                    { in: 'query', key: 'open' }
                ] }]);
        return (options?.client ?? this.client).get<ListTripsResponses, ListTripsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/trips',
            ...options,
            ...params
        });
    }
    
    /**
     * Trip an actuator
     *
     * Stops it at once and holds it until the trip is reset. Under an open trip the first cause stays, and this one is counted. Answers the STOP.
     */
    public tripActuator<ThrowOnError extends boolean = false>(parameters: {
        'idempotency-key'?: string;
        id: number;
        cause: string;
        message?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<TripActuatorResponses, TripActuatorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'idempotency-key' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'cause' },
                    { in: 'body', key: 'message' }
                ] }]);
        return (options?.client ?? this.client).post<TripActuatorResponses, TripActuatorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators/{id}/trip',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Reset a trip
     *
     * Nothing starts by that: rules that still fire are asked at their next reading, and a person's own hold stays. Answers the SET that releases the device's hold.
     */
    public resetActuatorTrip<ThrowOnError extends boolean = false>(parameters: {
        'idempotency-key'?: string;
        id: number;
        reason?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ResetActuatorTripResponses, ResetActuatorTripErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'idempotency-key' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'reason' }
                ] }]);
        return (options?.client ?? this.client).post<ResetActuatorTripResponses, ResetActuatorTripErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators/{id}/trip/reset',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Whether an actuator would start now, and all that stands against it
     */
    public explainActuator<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        durationMs?: number;
        priority?: 'MANUAL' | 'EMERGENCY' | 'SCHEDULED' | 'THRESHOLD';
        amount?: number;
        unit?: string;
        waitMs?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<ExplainActuatorResponses, ExplainActuatorErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'query', key: 'durationMs' },
                    { in: 'query', key: 'priority' },
                    { in: 'query', key: 'amount' },
                    { in: 'query', key: 'unit' },
                    { in: 'query', key: 'waitMs' }
                ] }]);
        return (options?.client ?? this.client).get<ExplainActuatorResponses, ExplainActuatorErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/actuators/{id}/why-not',
            ...options,
            ...params
        });
    }
    
    /**
     * Why an execution has not acted
     */
    public explainExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ExplainExecutionResponses, ExplainExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<ExplainExecutionResponses, ExplainExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/executions/{id}/why-not',
            ...options,
            ...params
        });
    }
    
    /**
     * Why an execution has not acted
     */
    public explainAutomationExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ExplainAutomationExecutionResponses, ExplainAutomationExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<ExplainAutomationExecutionResponses, ExplainAutomationExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/executions/{id}/why-not',
            ...options,
            ...params
        });
    }
    
    /**
     * Commands, newest first
     */
    public listCommands<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actuator?: number;
        device?: string;
        kind?: 'RUN' | 'DOSE' | 'SET' | 'STOP';
        state?: 'QUEUED' | 'DISPATCHING' | 'ACCEPTED' | 'RUNNING' | 'UNKNOWN' | 'COMPLETED' | 'ABORTED' | 'INTERRUPTED' | 'REJECTED' | 'NOT_EXECUTED' | 'EXPIRED' | 'CANCELLED' | 'UNKNOWN_CLOSED';
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListCommandsResponses, ListCommandsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actuator' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'state' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListCommandsResponses, ListCommandsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/commands',
            ...options,
            ...params
        });
    }
    
    /**
     * One command
     */
    public getCommand<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetCommandResponses, GetCommandErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetCommandResponses, GetCommandErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/commands/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * What became of a command, step by step
     */
    public listCommandEvents<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListCommandEventsResponses, ListCommandEventsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<ListCommandEventsResponses, ListCommandEventsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/commands/{id}/events',
            ...options,
            ...params
        });
    }
    
    /**
     * Executions, newest first
     *
     * One intention to act, from its cause to its end.
     */
    public listExecutions<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actuator?: number;
        status?: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD';
        device?: string;
        priority?: 'MANUAL' | 'EMERGENCY' | 'SCHEDULED' | 'THRESHOLD';
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListExecutionsResponses, ListExecutionsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actuator' },
                    { in: 'query', key: 'status' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'priority' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListExecutionsResponses, ListExecutionsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/executions',
            ...options,
            ...params
        });
    }
    
    /**
     * One execution, with what fired and what was commanded
     */
    public getExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetExecutionResponses, GetExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetExecutionResponses, GetExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/executions/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * What became of an execution, step by step
     *
     * What fired, what it waited for, what refused it, what its device was sent and said. A wait that is only prolonged is no step.
     */
    public listExecutionEvents<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListExecutionEventsResponses, ListExecutionEventsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<ListExecutionEventsResponses, ListExecutionEventsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/executions/{id}/events',
            ...options,
            ...params
        });
    }
    
    /**
     * Call off what has not started
     *
     * A 409 says that it has been sent to its device, or has ended. Its rules or schedule start nothing by that before their next episode or occurrence.
     */
    public cancelExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CancelExecutionResponses, CancelExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).post<CancelExecutionResponses, CancelExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/executions/{id}/cancel',
            ...options,
            ...params
        });
    }
    
    /**
     * Have a dead letter done after all
     *
     * A new execution of your own, subject to every limit of this moment: a 409 says which one refuses. Asked again while that is under way, or has succeeded, it is answered with the same; 202 while it waits.
     */
    public replayExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ReplayExecutionResponses, ReplayExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).post<ReplayExecutionResponses, ReplayExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/executions/{id}/replay',
            ...options,
            ...params
        });
    }
    
    /**
     * Executions, newest first
     *
     * One intention to act, from its cause to its end.
     */
    public listAutomationExecutions<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actuator?: number;
        status?: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD';
        device?: string;
        priority?: 'MANUAL' | 'EMERGENCY' | 'SCHEDULED' | 'THRESHOLD';
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAutomationExecutionsResponses, ListAutomationExecutionsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actuator' },
                    { in: 'query', key: 'status' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'priority' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListAutomationExecutionsResponses, ListAutomationExecutionsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/executions',
            ...options,
            ...params
        });
    }
    
    /**
     * One execution, with what fired and what was commanded
     */
    public getAutomationExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAutomationExecutionResponses, GetAutomationExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetAutomationExecutionResponses, GetAutomationExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/executions/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * What became of an execution, step by step
     *
     * What fired, what it waited for, what refused it, what its device was sent and said. A wait that is only prolonged is no step.
     */
    public listAutomationExecutionEvents<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAutomationExecutionEventsResponses, ListAutomationExecutionEventsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<ListAutomationExecutionEventsResponses, ListAutomationExecutionEventsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/executions/{id}/events',
            ...options,
            ...params
        });
    }
    
    /**
     * Call off what has not started
     *
     * A 409 says that it has been sent to its device, or has ended. Its rules or schedule start nothing by that before their next episode or occurrence.
     */
    public cancelAutomationExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CancelAutomationExecutionResponses, CancelAutomationExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).post<CancelAutomationExecutionResponses, CancelAutomationExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/executions/{id}/cancel',
            ...options,
            ...params
        });
    }
    
    /**
     * Have a dead letter done after all
     *
     * A new execution of your own, subject to every limit of this moment: a 409 says which one refuses. Asked again while that is under way, or has succeeded, it is answered with the same; 202 while it waits.
     */
    public replayAutomationExecution<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ReplayAutomationExecutionResponses, ReplayAutomationExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).post<ReplayAutomationExecutionResponses, ReplayAutomationExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/executions/{id}/replay',
            ...options,
            ...params
        });
    }
    
    /**
     * How many executions are what, and which act now
     */
    public getAutomationStatus<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetAutomationStatusResponses, GetAutomationStatusErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetAutomationStatusResponses, GetAutomationStatusErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/status',
            ...options
        });
    }
    
    /**
     * What waits for what, the longest waiting first
     *
     * Executions that wait for a machine: 200 at most. What waits for a device, a reading or a day's budget is no conflict.
     */
    public listAutomationConflicts<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<ListAutomationConflictsResponses, ListAutomationConflictsErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<ListAutomationConflictsResponses, ListAutomationConflictsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/conflicts',
            ...options
        });
    }
    
    /**
     * Whether automation keeps up
     */
    public getAutomationHealth<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetAutomationHealthResponses, GetAutomationHealthErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetAutomationHealthResponses, GetAutomationHealthErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/health',
            ...options
        });
    }
    
    /**
     * Have an action done
     *
     * RUN or DOSE of an actuator, or an action of a device by its name: FEED (grams), AERATE, WATER_DRAIN, WATER_FILL, WATER_FLUSH (minutes). With the priority of a person, inside all limits: a 409 names the one that refuses. A flush is two executions, of which the first begins at once, or not at all, and the second waits for it. 202 while any of them waits.
     */
    public requestExecution<ThrowOnError extends boolean = false>(parameters: {
        'idempotency-key'?: string;
        action: 'RUN' | 'DOSE' | 'FEED' | 'AERATE' | 'WATER_DRAIN' | 'WATER_FILL' | 'WATER_FLUSH';
        actuator?: number;
        device?: string;
        durationMs?: number;
        amount?: number;
        unit?: string;
        grams?: number;
        minutes?: number;
        waitMs?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<RequestExecutionResponses, RequestExecutionErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'idempotency-key' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'device' },
                    { in: 'body', key: 'durationMs' },
                    { in: 'body', key: 'amount' },
                    { in: 'body', key: 'unit' },
                    { in: 'body', key: 'grams' },
                    { in: 'body', key: 'minutes' },
                    { in: 'body', key: 'waitMs' }
                ] }]);
        return (options?.client ?? this.client).post<RequestExecutionResponses, RequestExecutionErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/execute',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List rules
     */
    public listRules<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        device?: string;
        asset?: number;
        kind?: 'threshold' | 'rate' | 'no-data' | 'repeated' | 'all' | 'any' | 'not';
        enabled?: boolean;
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListRulesResponses, ListRulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'asset' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'enabled' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListRulesResponses, ListRulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a rule
     *
     * On a device, or over the devices of an asset. It is judged from the next reading on; what it does, and tells, begins when it fires.
     */
    public createRule<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        definition: unknown;
        action?: {
            kind: 'RUN';
            actuator: number;
            durationMs: number;
        } | {
            kind: 'DOSE';
            actuator: number;
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            actuator: number;
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
            actuator: number;
        } | {
            kind: 'TRIP';
            actuator: number;
        } | null;
        alert?: {
            severity: 'info' | 'warning' | 'major' | 'critical';
            /**
             * A template: {device}, {metric}, {value} …
             */
            message?: string;
            isLatched?: boolean;
            /**
             * Its first alert is marked.
             */
            group?: string;
            reAlarmAfterMs?: number;
        } | null;
        priority?: 'EMERGENCY' | 'THRESHOLD';
        enabled?: boolean;
        key?: string;
        device?: string;
        asset?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateRuleResponses, CreateRuleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'definition' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'alert' },
                    { in: 'body', key: 'priority' },
                    { in: 'body', key: 'enabled' },
                    { in: 'body', key: 'key' },
                    { in: 'body', key: 'device' },
                    { in: 'body', key: 'asset' }
                ] }]);
        return (options?.client ?? this.client).post<CreateRuleResponses, CreateRuleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a rule
     *
     * What it had begun ends.
     */
    public deleteRule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteRuleResponses, DeleteRuleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteRuleResponses, DeleteRuleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One rule
     */
    public getRule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetRuleResponses, GetRuleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetRuleResponses, GetRuleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a rule
     *
     * What is absent stays; `null` takes the action or the alert away. With another definition, or disabled, what it had begun ends.
     */
    public updateRule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
        name?: string;
        definition?: unknown;
        action?: {
            kind: 'RUN';
            actuator: number;
            durationMs: number;
        } | {
            kind: 'DOSE';
            actuator: number;
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            actuator: number;
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
            actuator: number;
        } | {
            kind: 'TRIP';
            actuator: number;
        } | null;
        alert?: {
            severity: 'info' | 'warning' | 'major' | 'critical';
            /**
             * A template: {device}, {metric}, {value} …
             */
            message?: string;
            isLatched?: boolean;
            /**
             * Its first alert is marked.
             */
            group?: string;
            reAlarmAfterMs?: number;
        } | null;
        priority?: 'EMERGENCY' | 'THRESHOLD';
        enabled?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateRuleResponses, UpdateRuleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'definition' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'alert' },
                    { in: 'body', key: 'priority' },
                    { in: 'body', key: 'enabled' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateRuleResponses, UpdateRuleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List rules
     */
    public listAutomationThresholds<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        device?: string;
        asset?: number;
        kind?: 'threshold' | 'rate' | 'no-data' | 'repeated' | 'all' | 'any' | 'not';
        enabled?: boolean;
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAutomationThresholdsResponses, ListAutomationThresholdsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'asset' },
                    { in: 'query', key: 'kind' },
                    { in: 'query', key: 'enabled' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListAutomationThresholdsResponses, ListAutomationThresholdsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/thresholds',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a rule
     *
     * On a device, or over the devices of an asset. It is judged from the next reading on; what it does, and tells, begins when it fires.
     */
    public createAutomationThreshold<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        definition: unknown;
        action?: {
            kind: 'RUN';
            actuator: number;
            durationMs: number;
        } | {
            kind: 'DOSE';
            actuator: number;
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            actuator: number;
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
            actuator: number;
        } | {
            kind: 'TRIP';
            actuator: number;
        } | null;
        alert?: {
            severity: 'info' | 'warning' | 'major' | 'critical';
            /**
             * A template: {device}, {metric}, {value} …
             */
            message?: string;
            isLatched?: boolean;
            /**
             * Its first alert is marked.
             */
            group?: string;
            reAlarmAfterMs?: number;
        } | null;
        priority?: 'EMERGENCY' | 'THRESHOLD';
        enabled?: boolean;
        key?: string;
        device?: string;
        asset?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateAutomationThresholdResponses, CreateAutomationThresholdErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'definition' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'alert' },
                    { in: 'body', key: 'priority' },
                    { in: 'body', key: 'enabled' },
                    { in: 'body', key: 'key' },
                    { in: 'body', key: 'device' },
                    { in: 'body', key: 'asset' }
                ] }]);
        return (options?.client ?? this.client).post<CreateAutomationThresholdResponses, CreateAutomationThresholdErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/thresholds',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a rule
     *
     * What it had begun ends.
     */
    public deleteAutomationThreshold<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteAutomationThresholdResponses, DeleteAutomationThresholdErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteAutomationThresholdResponses, DeleteAutomationThresholdErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/thresholds/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One rule
     */
    public getAutomationThreshold<ThrowOnError extends boolean = false>(parameters: {
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAutomationThresholdResponses, GetAutomationThresholdErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetAutomationThresholdResponses, GetAutomationThresholdErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/thresholds/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a rule
     *
     * What is absent stays; `null` takes the action or the alert away. With another definition, or disabled, what it had begun ends.
     */
    public updateAutomationThreshold<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
        name?: string;
        definition?: unknown;
        action?: {
            kind: 'RUN';
            actuator: number;
            durationMs: number;
        } | {
            kind: 'DOSE';
            actuator: number;
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            actuator: number;
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
            actuator: number;
        } | {
            kind: 'TRIP';
            actuator: number;
        } | null;
        alert?: {
            severity: 'info' | 'warning' | 'major' | 'critical';
            /**
             * A template: {device}, {metric}, {value} …
             */
            message?: string;
            isLatched?: boolean;
            /**
             * Its first alert is marked.
             */
            group?: string;
            reAlarmAfterMs?: number;
        } | null;
        priority?: 'EMERGENCY' | 'THRESHOLD';
        enabled?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateAutomationThresholdResponses, UpdateAutomationThresholdErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'definition' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'alert' },
                    { in: 'body', key: 'priority' },
                    { in: 'body', key: 'enabled' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateAutomationThresholdResponses, UpdateAutomationThresholdErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/thresholds/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Try a rule on the past
     *
     * Evaluates a rule over stored readings as if they arrived in the order of their times, and answers how often
     * it would have fired and how long each actuator would have run under its limits. Readings that were marked invalid are left out.
     * Over at most 366 days and 100 devices, one backtest at a time; ends when its caller goes.
     */
    public backtestRules<ThrowOnError extends boolean = false>(parameters: {
        definition: unknown;
        from: string | number;
        to?: string | number;
        episodes?: number;
        devices?: Array<string>;
        asset?: number;
        action?: {
            /**
             * Its id, or the key that it has on each of the devices.
             */
            actuator: number | string;
            durationMs?: number;
            dose?: {
                amount: number;
                unit: string;
            };
            priority?: 'EMERGENCY' | 'THRESHOLD';
        };
        envelope?: {
            /**
             * Nothing passes it.
             */
            maxRunMs?: number;
            /**
             * Least time from OFF to the next ON; an administrator's override passes it.
             */
            cooldownMs?: number;
            /**
             * Least time from OFF to the next ON for the machine itself; nothing passes it.
             */
            minOffMs?: number;
            /**
             * Starts in a day of its site.
             */
            maxStartsPerDay?: number;
            /**
             * Time on in a day of its site.
             */
            maxRunMsPerDay?: number;
            /**
             * Readings that an automatic start rests on are younger.
             */
            maxReadingAgeMs?: number;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<BacktestRulesResponses, BacktestRulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'definition' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'to' },
                    { in: 'body', key: 'episodes' },
                    { in: 'body', key: 'devices' },
                    { in: 'body', key: 'asset' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'envelope' }
                ] }]);
        return (options?.client ?? this.client).post<BacktestRulesResponses, BacktestRulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules/backtest',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Try a stored rule, or a change of it, on the past
     *
     * Evaluates a rule over stored readings as if they arrived in the order of their times, and answers how often
     * it would have fired and how long each actuator would have run under its limits. Readings that were marked invalid are left out.
     * Over at most 366 days and 100 devices, one backtest at a time; ends when its caller goes.
     */
    public backtestRule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        definition?: unknown;
        from: string | number;
        to?: string | number;
        episodes?: number;
        devices?: Array<string>;
        asset?: number;
        action?: {
            /**
             * Its id, or the key that it has on each of the devices.
             */
            actuator: number | string;
            durationMs?: number;
            dose?: {
                amount: number;
                unit: string;
            };
            priority?: 'EMERGENCY' | 'THRESHOLD';
        };
        envelope?: {
            /**
             * Nothing passes it.
             */
            maxRunMs?: number;
            /**
             * Least time from OFF to the next ON; an administrator's override passes it.
             */
            cooldownMs?: number;
            /**
             * Least time from OFF to the next ON for the machine itself; nothing passes it.
             */
            minOffMs?: number;
            /**
             * Starts in a day of its site.
             */
            maxStartsPerDay?: number;
            /**
             * Time on in a day of its site.
             */
            maxRunMsPerDay?: number;
            /**
             * Readings that an automatic start rests on are younger.
             */
            maxReadingAgeMs?: number;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<BacktestRuleResponses, BacktestRuleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'definition' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'to' },
                    { in: 'body', key: 'episodes' },
                    { in: 'body', key: 'devices' },
                    { in: 'body', key: 'asset' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'envelope' }
                ] }]);
        return (options?.client ?? this.client).post<BacktestRuleResponses, BacktestRuleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/rules/{id}/backtest',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List schedules
     */
    public listSchedules<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actuator?: number;
        device?: string;
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListSchedulesResponses, ListSchedulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actuator' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListSchedulesResponses, ListSchedulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a schedule
     *
     * Refused when it cannot be read, never comes, or asks of its actuator what that cannot do.
     */
    public createSchedule<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        actuator: number;
        action: {
            kind: 'RUN';
            durationMs?: number;
        } | {
            kind: 'DOSE';
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
        };
        timeZone?: string | null;
        times: {
            kind: 'cron';
            expression: string;
        } | {
            kind: 'every';
            /**
             * Whole seconds.
             */
            everyMs: number;
            /**
             * RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.
             */
            anchor: string;
        } | {
            kind: 'rrule';
            rule: string;
            /**
             * By the clock of the zone: 2026-10-25T06:00:00.
             */
            start: string;
        } | {
            kind: 'sun';
            event: 'sunrise' | 'sunset';
            offsetMs: number;
        };
        skippedTime?: 'skip' | 'shift';
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        missedRuns?: {
            /**
             * What becomes of runs that nobody opened in time: nothing, the last runs late, or the last maxMissed run late.
             */
            policy?: 'skip' | 'run-once' | 'run-all';
            /**
             * Older ones are not made up for.
             */
            missedWithinMs?: number;
            /**
             * Of run-all: how many are made up for, and how many may wait beside the newest.
             */
            maxMissed?: number;
        };
        latestStartMs?: number;
        key?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateScheduleResponses, CreateScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'skippedTime' },
                    { in: 'body', key: 'repeatedTime' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'missedRuns' },
                    { in: 'body', key: 'latestStartMs' },
                    { in: 'body', key: 'key' }
                ] }]);
        return (options?.client ?? this.client).post<CreateScheduleResponses, CreateScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a schedule
     *
     * Its executions stay.
     */
    public deleteSchedule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteScheduleResponses, DeleteScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteScheduleResponses, DeleteScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One schedule
     */
    public getSchedule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetScheduleResponses, GetScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetScheduleResponses, GetScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a schedule
     *
     * With other times it goes on with the first of them after now.
     */
    public updateSchedule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
        name?: string;
        actuator?: number;
        action?: {
            kind: 'RUN';
            durationMs?: number;
        } | {
            kind: 'DOSE';
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
        };
        timeZone?: string | null;
        times?: {
            kind: 'cron';
            expression: string;
        } | {
            kind: 'every';
            /**
             * Whole seconds.
             */
            everyMs: number;
            /**
             * RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.
             */
            anchor: string;
        } | {
            kind: 'rrule';
            rule: string;
            /**
             * By the clock of the zone: 2026-10-25T06:00:00.
             */
            start: string;
        } | {
            kind: 'sun';
            event: 'sunrise' | 'sunset';
            offsetMs: number;
        };
        skippedTime?: 'skip' | 'shift';
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        missedRuns?: {
            /**
             * What becomes of runs that nobody opened in time: nothing, the last runs late, or the last maxMissed run late.
             */
            policy?: 'skip' | 'run-once' | 'run-all';
            /**
             * Older ones are not made up for.
             */
            missedWithinMs?: number;
            /**
             * Of run-all: how many are made up for, and how many may wait beside the newest.
             */
            maxMissed?: number;
        };
        latestStartMs?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateScheduleResponses, UpdateScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'skippedTime' },
                    { in: 'body', key: 'repeatedTime' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'missedRuns' },
                    { in: 'body', key: 'latestStartMs' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateScheduleResponses, UpdateScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * When a schedule happens next
     *
     * By the clock on the wall and in UTC; those that a change of the clock skips are listed between.
     */
    public getScheduleOccurrences<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        count?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetScheduleOccurrencesResponses, GetScheduleOccurrencesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'query', key: 'count' }] }]);
        return (options?.client ?? this.client).get<GetScheduleOccurrencesResponses, GetScheduleOccurrencesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}/occurrences',
            ...options,
            ...params
        });
    }
    
    /**
     * What became of each occurrence, newest first
     */
    public listScheduleRuns<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        limit?: number;
        cursor?: string;
        state?: 'opened' | 'missed' | 'skipped';
    }, options?: Options<never, ThrowOnError>): RequestResult<ListScheduleRunsResponses, ListScheduleRunsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'state' }
                ] }]);
        return (options?.client ?? this.client).get<ListScheduleRunsResponses, ListScheduleRunsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}/runs',
            ...options,
            ...params
        });
    }
    
    /**
     * When a schedule would happen that is not made yet
     */
    public previewSchedules<ThrowOnError extends boolean = false>(parameters: {
        timeZone?: string | null;
        times: {
            kind: 'cron';
            expression: string;
        } | {
            kind: 'every';
            /**
             * Whole seconds.
             */
            everyMs: number;
            /**
             * RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.
             */
            anchor: string;
        } | {
            kind: 'rrule';
            rule: string;
            /**
             * By the clock of the zone: 2026-10-25T06:00:00.
             */
            start: string;
        } | {
            kind: 'sun';
            event: 'sunrise' | 'sunset';
            offsetMs: number;
        };
        skippedTime?: 'skip' | 'shift';
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        actuator?: number;
        count?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<PreviewSchedulesResponses, PreviewSchedulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'skippedTime' },
                    { in: 'body', key: 'repeatedTime' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'count' }
                ] }]);
        return (options?.client ?? this.client).post<PreviewSchedulesResponses, PreviewSchedulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/preview',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Pause a schedule
     *
     * What comes meanwhile is skipped, and not made up for. It goes on by itself at `until`, if one is named.
     */
    public pauseSchedule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        until?: string;
        reason?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<PauseScheduleResponses, PauseScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'reason' }
                ] }]);
        return (options?.client ?? this.client).post<PauseScheduleResponses, PauseScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}/pause',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Let a paused schedule go on
     */
    public resumeSchedule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        body: {
            [key: string]: never;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<ResumeScheduleResponses, ResumeScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<ResumeScheduleResponses, ResumeScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/schedules/{id}/resume',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List schedules
     */
    public listAutomationSchedules<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        actuator?: number;
        device?: string;
        search?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAutomationSchedulesResponses, ListAutomationSchedulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'actuator' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'search' }
                ] }]);
        return (options?.client ?? this.client).get<ListAutomationSchedulesResponses, ListAutomationSchedulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a schedule
     *
     * Refused when it cannot be read, never comes, or asks of its actuator what that cannot do.
     */
    public createAutomationSchedule<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        actuator: number;
        action: {
            kind: 'RUN';
            durationMs?: number;
        } | {
            kind: 'DOSE';
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
        };
        timeZone?: string | null;
        times: {
            kind: 'cron';
            expression: string;
        } | {
            kind: 'every';
            /**
             * Whole seconds.
             */
            everyMs: number;
            /**
             * RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.
             */
            anchor: string;
        } | {
            kind: 'rrule';
            rule: string;
            /**
             * By the clock of the zone: 2026-10-25T06:00:00.
             */
            start: string;
        } | {
            kind: 'sun';
            event: 'sunrise' | 'sunset';
            offsetMs: number;
        };
        skippedTime?: 'skip' | 'shift';
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        missedRuns?: {
            /**
             * What becomes of runs that nobody opened in time: nothing, the last runs late, or the last maxMissed run late.
             */
            policy?: 'skip' | 'run-once' | 'run-all';
            /**
             * Older ones are not made up for.
             */
            missedWithinMs?: number;
            /**
             * Of run-all: how many are made up for, and how many may wait beside the newest.
             */
            maxMissed?: number;
        };
        latestStartMs?: number;
        key?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateAutomationScheduleResponses, CreateAutomationScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'skippedTime' },
                    { in: 'body', key: 'repeatedTime' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'missedRuns' },
                    { in: 'body', key: 'latestStartMs' },
                    { in: 'body', key: 'key' }
                ] }]);
        return (options?.client ?? this.client).post<CreateAutomationScheduleResponses, CreateAutomationScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a schedule
     *
     * Its executions stay.
     */
    public deleteAutomationSchedule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteAutomationScheduleResponses, DeleteAutomationScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteAutomationScheduleResponses, DeleteAutomationScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One schedule
     */
    public getAutomationSchedule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAutomationScheduleResponses, GetAutomationScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetAutomationScheduleResponses, GetAutomationScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a schedule
     *
     * With other times it goes on with the first of them after now.
     */
    public updateAutomationSchedule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        id: number;
        name?: string;
        actuator?: number;
        action?: {
            kind: 'RUN';
            durationMs?: number;
        } | {
            kind: 'DOSE';
            amount: number;
            unit: string;
            durationMs?: number;
        } | {
            kind: 'SET';
            value: number;
            unit?: string;
        } | {
            kind: 'STOP';
        };
        timeZone?: string | null;
        times?: {
            kind: 'cron';
            expression: string;
        } | {
            kind: 'every';
            /**
             * Whole seconds.
             */
            everyMs: number;
            /**
             * RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.
             */
            anchor: string;
        } | {
            kind: 'rrule';
            rule: string;
            /**
             * By the clock of the zone: 2026-10-25T06:00:00.
             */
            start: string;
        } | {
            kind: 'sun';
            event: 'sunrise' | 'sunset';
            offsetMs: number;
        };
        skippedTime?: 'skip' | 'shift';
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        missedRuns?: {
            /**
             * What becomes of runs that nobody opened in time: nothing, the last runs late, or the last maxMissed run late.
             */
            policy?: 'skip' | 'run-once' | 'run-all';
            /**
             * Older ones are not made up for.
             */
            missedWithinMs?: number;
            /**
             * Of run-all: how many are made up for, and how many may wait beside the newest.
             */
            maxMissed?: number;
        };
        latestStartMs?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateAutomationScheduleResponses, UpdateAutomationScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'action' },
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'skippedTime' },
                    { in: 'body', key: 'repeatedTime' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'missedRuns' },
                    { in: 'body', key: 'latestStartMs' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateAutomationScheduleResponses, UpdateAutomationScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * When a schedule happens next
     *
     * By the clock on the wall and in UTC; those that a change of the clock skips are listed between.
     */
    public getAutomationScheduleOccurrences<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        count?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAutomationScheduleOccurrencesResponses, GetAutomationScheduleOccurrencesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'query', key: 'count' }] }]);
        return (options?.client ?? this.client).get<GetAutomationScheduleOccurrencesResponses, GetAutomationScheduleOccurrencesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}/occurrences',
            ...options,
            ...params
        });
    }
    
    /**
     * What became of each occurrence, newest first
     */
    public listAutomationScheduleRuns<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        limit?: number;
        cursor?: string;
        state?: 'opened' | 'missed' | 'skipped';
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAutomationScheduleRunsResponses, ListAutomationScheduleRunsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'state' }
                ] }]);
        return (options?.client ?? this.client).get<ListAutomationScheduleRunsResponses, ListAutomationScheduleRunsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}/runs',
            ...options,
            ...params
        });
    }
    
    /**
     * When a schedule would happen that is not made yet
     */
    public previewAutomationSchedules<ThrowOnError extends boolean = false>(parameters: {
        timeZone?: string | null;
        times: {
            kind: 'cron';
            expression: string;
        } | {
            kind: 'every';
            /**
             * Whole seconds.
             */
            everyMs: number;
            /**
             * RFC 3339, or a local time of the zone: 2026-10-25T06:00:00.
             */
            anchor: string;
        } | {
            kind: 'rrule';
            rule: string;
            /**
             * By the clock of the zone: 2026-10-25T06:00:00.
             */
            start: string;
        } | {
            kind: 'sun';
            event: 'sunrise' | 'sunset';
            offsetMs: number;
        };
        skippedTime?: 'skip' | 'shift';
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        actuator?: number;
        count?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<PreviewAutomationSchedulesResponses, PreviewAutomationSchedulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'timeZone' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'skippedTime' },
                    { in: 'body', key: 'repeatedTime' },
                    { in: 'body', key: 'from' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'actuator' },
                    { in: 'body', key: 'count' }
                ] }]);
        return (options?.client ?? this.client).post<PreviewAutomationSchedulesResponses, PreviewAutomationSchedulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/preview',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Pause a schedule
     *
     * What comes meanwhile is skipped, and not made up for. It goes on by itself at `until`, if one is named.
     */
    public pauseAutomationSchedule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        until?: string;
        reason?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<PauseAutomationScheduleResponses, PauseAutomationScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'reason' }
                ] }]);
        return (options?.client ?? this.client).post<PauseAutomationScheduleResponses, PauseAutomationScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}/pause',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Let a paused schedule go on
     */
    public resumeAutomationSchedule<ThrowOnError extends boolean = false>(parameters: {
        id: number;
        body: {
            [key: string]: never;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<ResumeAutomationScheduleResponses, ResumeAutomationScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<ResumeAutomationScheduleResponses, ResumeAutomationScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/automation/schedules/{id}/resume',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Alerts, newest first
     *
     * One alert per rule and device, however many readings say so; of Sluice itself one per source. `?open=false` lists what is closed.
     */
    public listAlerts<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        state?: 'pending' | 'firing' | 'resolved';
        severity?: 'info' | 'warning' | 'major' | 'critical';
        open?: boolean;
        site?: string;
        region?: string;
        device?: string;
        rule?: number;
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAlertsResponses, ListAlertsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'state' },
                    { in: 'query', key: 'severity' },
                    { in: 'query', key: 'open' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'region' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'rule' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListAlertsResponses, ListAlertsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts',
            ...options,
            ...params
        });
    }
    
    /**
     * Open alerts, of a region if one is named
     *
     * One alert per rule and device, however many readings say so; of Sluice itself one per source. `?open=false` lists what is closed.
     */
    public listOpenAlerts<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        state?: 'pending' | 'firing' | 'resolved';
        severity?: 'info' | 'warning' | 'major' | 'critical';
        open?: boolean;
        site?: string;
        region?: string;
        device?: string;
        rule?: number;
        from?: string;
        to?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListOpenAlertsResponses, ListOpenAlertsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'state' },
                    { in: 'query', key: 'severity' },
                    { in: 'query', key: 'open' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'region' },
                    { in: 'query', key: 'device' },
                    { in: 'query', key: 'rule' },
                    { in: 'query', key: 'from' },
                    { in: 'query', key: 'to' }
                ] }]);
        return (options?.client ?? this.client).get<ListOpenAlertsResponses, ListOpenAlertsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/alerts',
            ...options,
            ...params
        });
    }
    
    /**
     * One alert
     */
    public getAlert<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetAlertResponses, GetAlertErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetAlertResponses, GetAlertErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * What became of an alert, step by step
     */
    public listAlertEvents<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListAlertEventsResponses, ListAlertEventsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<ListAlertEventsResponses, ListAlertEventsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}/events',
            ...options,
            ...params
        });
    }
    
    /**
     * Acknowledge an alert
     *
     * Somebody cares: it is not told again. A latched one whose condition is over is closed by it.
     */
    public acknowledgeAlert<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        comment?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<AcknowledgeAlertResponses, AcknowledgeAlertErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'body', key: 'comment' }] }]);
        return (options?.client ?? this.client).post<AcknowledgeAlertResponses, AcknowledgeAlertErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}/acknowledge',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Clear an alert
     *
     * Ends what stays open although its condition is over; refused while it still fires.
     */
    public clearAlert<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        comment?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ClearAlertResponses, ClearAlertErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'body', key: 'comment' }] }]);
        return (options?.client ?? this.client).post<ClearAlertResponses, ClearAlertErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}/clear',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Take an alert back from its shelf
     *
     * It says so if it still fires.
     */
    public unshelveAlert<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        comment?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<UnshelveAlertResponses, UnshelveAlertErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'body', key: 'comment' }] }]);
        return (options?.client ?? this.client).post<UnshelveAlertResponses, UnshelveAlertErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}/unshelve',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Put an alert aside for a while
     *
     * Nobody is told of it until its time has come or somebody takes it back, at most 7 days; then it says so if it still fires.
     */
    public shelveAlert<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        until?: string;
        forMs?: number;
        reason: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ShelveAlertResponses, ShelveAlertErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'path', key: 'id' },
                    { in: 'body', key: 'until' },
                    { in: 'body', key: 'forMs' },
                    { in: 'body', key: 'reason' }
                ] }]);
        return (options?.client ?? this.client).post<ShelveAlertResponses, ShelveAlertErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}/shelve',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Add a comment to the trail of an alert
     *
     * Also to that of a closed one.
     */
    public commentOnAlert<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        comment: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CommentOnAlertResponses, CommentOnAlertErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'body', key: 'comment' }] }]);
        return (options?.client ?? this.client).post<CommentOnAlertResponses, CommentOnAlertErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/{id}/comments',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Acknowledge several alerts
     *
     * Those that can be are; each of the others says why not.
     */
    public acknowledgeAlerts<ThrowOnError extends boolean = false>(parameters: {
        ids: Array<string>;
        comment?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<AcknowledgeAlertsResponses, AcknowledgeAlertsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'ids' }, { in: 'body', key: 'comment' }] }]);
        return (options?.client ?? this.client).post<AcknowledgeAlertsResponses, AcknowledgeAlertsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/alerts/acknowledge',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * List channels
     */
    public listChannels<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListChannelsResponses, ListChannelsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListChannelsResponses, ListChannelsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a channel
     */
    public createChannel<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        kind: 'webhook' | 'email' | 'sms';
        configuration: {
            /**
             * Of a webhook.
             */
            url?: string;
            /**
             * Of e-mail 1 to 20 addresses; of SMS one number, as E.164 has it.
             */
            to?: string | Array<string>;
        };
        limits?: {
            sendsPerMinute?: number;
            /**
             * Messages that may follow each other at once.
             */
            burst?: number;
        };
        secret?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateChannelResponses, CreateChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'kind' },
                    { in: 'body', key: 'configuration' },
                    { in: 'body', key: 'limits' },
                    { in: 'body', key: 'secret' }
                ] }]);
        return (options?.client ?? this.client).post<CreateChannelResponses, CreateChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a channel
     *
     * The log of its deliveries goes with it; to keep that, disable it instead.
     */
    public deleteChannel<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteChannelResponses, DeleteChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).delete<DeleteChannelResponses, DeleteChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}',
            ...options,
            ...params
        });
    }
    
    /**
     * One channel
     */
    public getChannel<ThrowOnError extends boolean = false>(parameters: {
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetChannelResponses, GetChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).get<GetChannelResponses, GetChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a channel
     *
     * What waits for it goes where it leads now. Its kind stays.
     */
    public updateChannel<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        channel: number;
        name?: string;
        configuration?: {
            /**
             * Of a webhook.
             */
            url?: string;
            /**
             * Of e-mail 1 to 20 addresses; of SMS one number, as E.164 has it.
             */
            to?: string | Array<string>;
        };
        limits?: {
            sendsPerMinute?: number;
            /**
             * Messages that may follow each other at once.
             */
            burst?: number;
        };
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateChannelResponses, UpdateChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'channel' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'configuration' },
                    { in: 'body', key: 'limits' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateChannelResponses, UpdateChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Send a test message now
     *
     * Past the queue and the limits. Answers 200 whatever became of it, and what that was.
     */
    public testChannel<ThrowOnError extends boolean = false>(parameters: {
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<TestChannelResponses, TestChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).post<TestChannelResponses, TestChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}/test',
            ...options,
            ...params
        });
    }
    
    /**
     * Give a webhook another signing secret
     *
     * The one before signs beside it for a day, so that receivers can change over.
     */
    public rotateChannelSecret<ThrowOnError extends boolean = false>(parameters: {
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<RotateChannelSecretResponses, RotateChannelSecretErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).post<RotateChannelSecretResponses, RotateChannelSecretErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}/rotate-secret',
            ...options,
            ...params
        });
    }
    
    /**
     * Enable a channel
     */
    public enableChannel<ThrowOnError extends boolean = false>(parameters: {
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<EnableChannelResponses, EnableChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).post<EnableChannelResponses, EnableChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}/enable',
            ...options,
            ...params
        });
    }
    
    /**
     * Disable a channel
     *
     * What waits for it, and what comes, is suppressed; it can be replayed.
     */
    public disableChannel<ThrowOnError extends boolean = false>(parameters: {
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DisableChannelResponses, DisableChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).post<DisableChannelResponses, DisableChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}/disable',
            ...options,
            ...params
        });
    }
    
    /**
     * Send a channel's dead deliveries once more
     */
    public replayChannel<ThrowOnError extends boolean = false>(parameters: {
        channel: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<ReplayChannelResponses, ReplayChannelErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'channel' }] }]);
        return (options?.client ?? this.client).post<ReplayChannelResponses, ReplayChannelErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/channels/{channel}/replay',
            ...options,
            ...params
        });
    }
    
    /**
     * List notification routes, in the order in which they are tried
     */
    public listNotificationRoutes<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListNotificationRoutesResponses, ListNotificationRoutesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'limit' }, { in: 'query', key: 'cursor' }] }]);
        return (options?.client ?? this.client).get<ListNotificationRoutesResponses, ListNotificationRoutesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/notification-routes',
            ...options,
            ...params
        });
    }
    
    /**
     * Make a notification route
     *
     * Without a position it comes last. The first route that matches takes a notice.
     */
    public createNotificationRoute<ThrowOnError extends boolean = false>(parameters: {
        position?: number;
        isEnabled?: boolean;
        match?: {
            minSeverity?: 'info' | 'warning' | 'major' | 'critical';
            sites?: Array<number> | null;
            rules?: Array<number> | null;
            events?: Array<'fired' | 'resolved' | 'acknowledged' | 'cleared' | 're-alarmed' | 'unshelved' | 'escalated'>;
        };
        channels: Array<number>;
        escalation?: Array<{
            afterMinutes: number;
            channels: Array<number>;
        }>;
        continues?: boolean;
        quietHours?: {
            /**
             * IANA name, such as "Europe/Berlin".
             */
            timeZone: string;
            /**
             * "22:00", by the clock on the wall.
             */
            from: string;
            /**
             * "22:00", by the clock on the wall.
             */
            to: string;
            /**
             * Told all the same.
             */
            breakThrough: Array<'info' | 'warning' | 'major' | 'critical'>;
            /**
             * Told when the quiet hours end, or never.
             */
            action: 'hold' | 'suppress';
        } | null;
        groupBy?: 'site' | 'rule' | 'alert' | 'all';
        groupWindowMs?: number;
        templates?: {
            webhook?: {
                subject?: string;
                body?: string;
            };
            email?: {
                subject?: string;
                body?: string;
            };
            sms?: {
                subject?: string;
                body?: string;
            };
        };
        name: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateNotificationRouteResponses, CreateNotificationRouteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'position' },
                    { in: 'body', key: 'isEnabled' },
                    { in: 'body', key: 'match' },
                    { in: 'body', key: 'channels' },
                    { in: 'body', key: 'escalation' },
                    { in: 'body', key: 'continues' },
                    { in: 'body', key: 'quietHours' },
                    { in: 'body', key: 'groupBy' },
                    { in: 'body', key: 'groupWindowMs' },
                    { in: 'body', key: 'templates' },
                    { in: 'body', key: 'name' }
                ] }]);
        return (options?.client ?? this.client).post<CreateNotificationRouteResponses, CreateNotificationRouteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/notification-routes',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a notification route
     *
     * What it has queued is told all the same; what it would have escalated is not.
     */
    public deleteNotificationRoute<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        route: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteNotificationRouteResponses, DeleteNotificationRouteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'route' }] }]);
        return (options?.client ?? this.client).delete<DeleteNotificationRouteResponses, DeleteNotificationRouteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/notification-routes/{route}',
            ...options,
            ...params
        });
    }
    
    /**
     * One notification route
     */
    public getNotificationRoute<ThrowOnError extends boolean = false>(parameters: {
        route: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetNotificationRouteResponses, GetNotificationRouteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'route' }] }]);
        return (options?.client ?? this.client).get<GetNotificationRouteResponses, GetNotificationRouteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/notification-routes/{route}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a notification route
     */
    public updateNotificationRoute<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        route: number;
        position?: number;
        isEnabled?: boolean;
        match?: {
            minSeverity?: 'info' | 'warning' | 'major' | 'critical';
            sites?: Array<number> | null;
            rules?: Array<number> | null;
            events?: Array<'fired' | 'resolved' | 'acknowledged' | 'cleared' | 're-alarmed' | 'unshelved' | 'escalated'>;
        };
        channels?: Array<number>;
        escalation?: Array<{
            afterMinutes: number;
            channels: Array<number>;
        }>;
        continues?: boolean;
        quietHours?: {
            /**
             * IANA name, such as "Europe/Berlin".
             */
            timeZone: string;
            /**
             * "22:00", by the clock on the wall.
             */
            from: string;
            /**
             * "22:00", by the clock on the wall.
             */
            to: string;
            /**
             * Told all the same.
             */
            breakThrough: Array<'info' | 'warning' | 'major' | 'critical'>;
            /**
             * Told when the quiet hours end, or never.
             */
            action: 'hold' | 'suppress';
        } | null;
        groupBy?: 'site' | 'rule' | 'alert' | 'all';
        groupWindowMs?: number;
        templates?: {
            webhook?: {
                subject?: string;
                body?: string;
            };
            email?: {
                subject?: string;
                body?: string;
            };
            sms?: {
                subject?: string;
                body?: string;
            };
        };
        name?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateNotificationRouteResponses, UpdateNotificationRouteErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'route' },
                    { in: 'body', key: 'position' },
                    { in: 'body', key: 'isEnabled' },
                    { in: 'body', key: 'match' },
                    { in: 'body', key: 'channels' },
                    { in: 'body', key: 'escalation' },
                    { in: 'body', key: 'continues' },
                    { in: 'body', key: 'quietHours' },
                    { in: 'body', key: 'groupBy' },
                    { in: 'body', key: 'groupWindowMs' },
                    { in: 'body', key: 'templates' },
                    { in: 'body', key: 'name' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateNotificationRouteResponses, UpdateNotificationRouteErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/notification-routes/{route}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * What was told, or is to be, newest first
     */
    public listDeliveries<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        state?: 'pending' | 'sending' | 'sent' | 'failed' | 'dead' | 'suppressed';
        channel?: number;
        alert?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDeliveriesResponses, ListDeliveriesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'state' },
                    { in: 'query', key: 'channel' },
                    { in: 'query', key: 'alert' }
                ] }]);
        return (options?.client ?? this.client).get<ListDeliveriesResponses, ListDeliveriesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/deliveries',
            ...options,
            ...params
        });
    }
    
    /**
     * One delivery
     */
    public getDelivery<ThrowOnError extends boolean = false>(parameters: {
        delivery: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetDeliveryResponses, GetDeliveryErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'delivery' }] }]);
        return (options?.client ?? this.client).get<GetDeliveryResponses, GetDeliveryErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/deliveries/{delivery}',
            ...options,
            ...params
        });
    }
    
    /**
     * The log of a delivery, oldest first
     */
    public listDeliveryAttempts<ThrowOnError extends boolean = false>(parameters: {
        delivery: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListDeliveryAttemptsResponses, ListDeliveryAttemptsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'delivery' }] }]);
        return (options?.client ?? this.client).get<ListDeliveryAttemptsResponses, ListDeliveryAttemptsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/deliveries/{delivery}/attempts',
            ...options,
            ...params
        });
    }
    
    /**
     * Send a dead or suppressed delivery once more
     */
    public replayDelivery<ThrowOnError extends boolean = false>(parameters: {
        delivery: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ReplayDeliveryResponses, ReplayDeliveryErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'delivery' }] }]);
        return (options?.client ?? this.client).post<ReplayDeliveryResponses, ReplayDeliveryErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/deliveries/{delivery}/replay',
            ...options,
            ...params
        });
    }
    
    /**
     * Which reports there are
     */
    public listReportDefinitions<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<ListReportDefinitionsResponses, ListReportDefinitionsErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<ListReportDefinitionsResponses, ListReportDefinitionsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/report-definitions',
            ...options
        });
    }
    
    /**
     * List reports, newest first
     */
    public listReports<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        report?: string;
        site?: string;
        state?: 'queued' | 'running' | 'done' | 'failed';
        schedule?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListReportsResponses, ListReportsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'report' },
                    { in: 'query', key: 'site' },
                    { in: 'query', key: 'state' },
                    { in: 'query', key: 'schedule' }
                ] }]);
        return (options?.client ?? this.client).get<ListReportsResponses, ListReportsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/reports',
            ...options,
            ...params
        });
    }
    
    /**
     * Have a report made
     *
     * It is made before those of schedules. `Location` names where its state, and then its content, are.
     */
    public reports<ThrowOnError extends boolean = false>(parameters: {
        report: string;
        location: string;
        period?: string;
        language?: 'en' | 'de';
        formats?: Array<'json' | 'csv' | 'pdf'>;
        keepDays?: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<ReportsResponses, ReportsErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'report' },
                    { in: 'body', key: 'location' },
                    { in: 'body', key: 'period' },
                    { in: 'body', key: 'language' },
                    { in: 'body', key: 'formats' },
                    { in: 'body', key: 'keepDays' }
                ] }]);
        return (options?.client ?? this.client).post<ReportsResponses, ReportsErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/reports',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a report
     */
    public deleteReport<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteReportResponses, DeleteReportErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).delete<DeleteReportResponses, DeleteReportErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/reports/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * One report
     */
    public getReport<ThrowOnError extends boolean = false>(parameters: {
        id: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetReportResponses, GetReportErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }] }]);
        return (options?.client ?? this.client).get<GetReportResponses, GetReportErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/reports/{id}',
            ...options,
            ...params
        });
    }
    
    /**
     * A report's content
     *
     * JSON, CSV or PDF. 409 `report.not_done` while it is being made, `report.failed` with why it was not.
     */
    public getReportContent<ThrowOnError extends boolean = false>(parameters: {
        id: string;
        format?: 'json' | 'csv' | 'pdf';
    }, options?: Options<never, ThrowOnError>): RequestResult<GetReportContentResponses, GetReportContentErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'id' }, { in: 'query', key: 'format' }] }]);
        return (options?.client ?? this.client).get<GetReportContentResponses, GetReportContentErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/reports/{id}/content',
            ...options,
            ...params
        });
    }
    
    /**
     * The daily water-quality report of a location
     *
     * Made of the readings as they are now. JSON; CSV with `Accept: text/csv`, PDF with `Accept: application/pdf`. Of a day that is not over `period.isComplete` is false. Two are made at once, others wait for their turn; when many wait, 503 `report.busy`.
     */
    public getReportsDaily<ThrowOnError extends boolean = false>(parameters: {
        location: string;
        date?: string;
        language?: 'en' | 'de';
        format?: 'json' | 'csv' | 'pdf';
    }, options?: Options<never, ThrowOnError>): RequestResult<GetReportsDailyResponses, GetReportsDailyErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'location' },
                    { in: 'query', key: 'date' },
                    { in: 'query', key: 'language' },
                    { in: 'query', key: 'format' }
                ] }]);
        return (options?.client ?? this.client).get<GetReportsDailyResponses, GetReportsDailyErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/reports/daily',
            ...options,
            ...params
        });
    }
    
    /**
     * List schedules of reports
     */
    public listReportSchedules<ThrowOnError extends boolean = false>(parameters?: {
        limit?: number;
        cursor?: string;
        site?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<ListReportSchedulesResponses, ListReportSchedulesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'query', key: 'limit' },
                    { in: 'query', key: 'cursor' },
                    { in: 'query', key: 'site' }
                ] }]);
        return (options?.client ?? this.client).get<ListReportSchedulesResponses, ListReportSchedulesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/report-schedules',
            ...options,
            ...params
        });
    }
    
    /**
     * Have a report made again and again
     */
    public createReportSchedule<ThrowOnError extends boolean = false>(parameters: {
        name: string;
        report: string;
        location: string;
        times: {
            kind: 'daily';
            /**
             * "06:00".
             */
            at: string;
        } | {
            kind: 'cron';
            expression: string;
        };
        language?: 'en' | 'de' | null;
        formats?: Array<'json' | 'csv' | 'pdf'>;
        recipients?: Array<string>;
        keepDays?: number;
        isEnabled?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<CreateReportScheduleResponses, CreateReportScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'report' },
                    { in: 'body', key: 'location' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'language' },
                    { in: 'body', key: 'formats' },
                    { in: 'body', key: 'recipients' },
                    { in: 'body', key: 'keepDays' },
                    { in: 'body', key: 'isEnabled' }
                ] }]);
        return (options?.client ?? this.client).post<CreateReportScheduleResponses, CreateReportScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/report-schedules',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Delete a schedule of reports
     *
     * The reports that it has made stay.
     */
    public deleteReportSchedule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        schedule: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<DeleteReportScheduleResponses, DeleteReportScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'headers', key: 'if-match' }, { in: 'path', key: 'schedule' }] }]);
        return (options?.client ?? this.client).delete<DeleteReportScheduleResponses, DeleteReportScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/report-schedules/{schedule}',
            ...options,
            ...params
        });
    }
    
    /**
     * One schedule of reports
     */
    public getReportSchedule<ThrowOnError extends boolean = false>(parameters: {
        schedule: number;
    }, options?: Options<never, ThrowOnError>): RequestResult<GetReportScheduleResponses, GetReportScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'schedule' }] }]);
        return (options?.client ?? this.client).get<GetReportScheduleResponses, GetReportScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/report-schedules/{schedule}',
            ...options,
            ...params
        });
    }
    
    /**
     * Change a schedule of reports
     *
     * What is absent stays; it keeps its site.
     */
    public updateReportSchedule<ThrowOnError extends boolean = false>(parameters: {
        'if-match'?: string;
        schedule: number;
        name?: string;
        report?: string;
        times?: {
            kind: 'daily';
            /**
             * "06:00".
             */
            at: string;
        } | {
            kind: 'cron';
            expression: string;
        };
        language?: 'en' | 'de' | null;
        formats?: Array<'json' | 'csv' | 'pdf'>;
        recipients?: Array<string>;
        keepDays?: number;
        isEnabled?: boolean;
    }, options?: Options<never, ThrowOnError>): RequestResult<UpdateReportScheduleResponses, UpdateReportScheduleErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'headers', key: 'if-match' },
                    { in: 'path', key: 'schedule' },
                    { in: 'body', key: 'name' },
                    { in: 'body', key: 'report' },
                    { in: 'body', key: 'times' },
                    { in: 'body', key: 'language' },
                    { in: 'body', key: 'formats' },
                    { in: 'body', key: 'recipients' },
                    { in: 'body', key: 'keepDays' },
                    { in: 'body', key: 'isEnabled' }
                ] }]);
        return (options?.client ?? this.client).patch<UpdateReportScheduleResponses, UpdateReportScheduleErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/report-schedules/{schedule}',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Whether the server takes traffic
     */
    public getStatus<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetStatusResponses, GetStatusErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetStatusResponses, GetStatusErrors, ThrowOnError>({ url: '/api/status', ...options });
    }
    
    /**
     * Whether the process lives
     *
     * For whoever starts a process anew that does not answer. It says nothing of the database.
     */
    public getLiveness<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetLivenessResponses, unknown, ThrowOnError> {
        return (options?.client ?? this.client).get<GetLivenessResponses, unknown, ThrowOnError>({ url: '/healthz', ...options });
    }
    
    /**
     * Whether to send traffic here
     *
     * A process that begins to stop says 503 first, and still answers what comes.
     */
    public getReadiness<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetReadinessResponses, GetReadinessErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetReadinessResponses, GetReadinessErrors, ThrowOnError>({ url: '/readyz', ...options });
    }
    
    /**
     * Everything that the status page shows, in one answer
     *
     * Of devices the first 200.
     */
    public getOverview<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetOverviewResponses, GetOverviewErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetOverviewResponses, GetOverviewErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/overview',
            ...options
        });
    }
    
    /**
     * Register many devices
     *
     * Up to 10000, as a JSON array or as CSV (uid, name, profile, site, asset, gateway, status, `properties.<key>`). Each is told of in its place; those that are good are stored, 207 says that some are not. Tokens are shown in this answer only; with `Accept: text/csv` it is CSV too. Sent again with `onExisting=skip` it does what was left undone.
     */
    public bulkDevices<ThrowOnError extends boolean = false>(parameters: {
        onExisting?: 'skip' | 'update' | 'fail';
        body: Array<{
            uid: string;
            name?: string;
            profile?: string;
            /**
             * A site's slug or number.
             */
            site?: string | number;
            asset?: number;
            gateway?: string;
            status?: 'active' | 'inactive';
            /**
             * Free facts: a JSON object.
             */
            properties?: {
                [key: string]: unknown;
            };
        }>;
    }, options?: Options<never, ThrowOnError>): RequestResult<BulkDevicesResponses, BulkDevicesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'query', key: 'onExisting' }, { key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<BulkDevicesResponses, BulkDevicesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/devices/bulk',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Where and how to get tokens (RFC 8414)
     */
    public getAuthorizationServer<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetAuthorizationServerResponses, GetAuthorizationServerErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetAuthorizationServerResponses, GetAuthorizationServerErrors, ThrowOnError>({ url: '/.well-known/oauth-authorization-server', ...options });
    }
    
    /**
     * The keys that access tokens are signed with
     */
    public getSigningKeys<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetSigningKeysResponses, GetSigningKeysErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetSigningKeysResponses, GetSigningKeysErrors, ThrowOnError>({ url: '/.well-known/jwks.json', ...options });
    }
    
    /**
     * Get an access token
     *
     * OAuth 2.0 (RFC 6749): client_credentials, refresh_token, and authorization_code with PKCE.
     */
    public requestToken<ThrowOnError extends boolean = false>(parameters?: {
        grant_type?: string;
        client_id?: string;
        client_secret?: string;
        scope?: string;
        refresh_token?: string;
        code?: string;
        redirect_uri?: string;
        code_verifier?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RequestTokenResponses, RequestTokenErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'grant_type' },
                    { in: 'body', key: 'client_id' },
                    { in: 'body', key: 'client_secret' },
                    { in: 'body', key: 'scope' },
                    { in: 'body', key: 'refresh_token' },
                    { in: 'body', key: 'code' },
                    { in: 'body', key: 'redirect_uri' },
                    { in: 'body', key: 'code_verifier' }
                ] }]);
        return (options?.client ?? this.client).post<RequestTokenResponses, RequestTokenErrors, ThrowOnError>({
            url: '/oauth2/token',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * End the session of a token
     *
     * RFC 7009. A token that is not known is no error.
     */
    public revokeToken<ThrowOnError extends boolean = false>(parameters?: {
        token?: string;
        token_type_hint?: string;
        client_id?: string;
        client_secret?: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<RevokeTokenResponses, RevokeTokenErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [
                    { in: 'body', key: 'token' },
                    { in: 'body', key: 'token_type_hint' },
                    { in: 'body', key: 'client_id' },
                    { in: 'body', key: 'client_secret' }
                ] }]);
        return (options?.client ?? this.client).post<RevokeTokenResponses, RevokeTokenErrors, ThrowOnError>({
            url: '/oauth2/revoke',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Whether there is single sign-on
     */
    public getSignOnSettings<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetSignOnSettingsResponses, GetSignOnSettingsErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetSignOnSettingsResponses, GetSignOnSettingsErrors, ThrowOnError>({ url: '/api/auth/oidc', ...options });
    }
    
    /**
     * Exchange the code of a single sign-on for tokens
     *
     * From the browser that signed on, which has the cookie for it; good once, within a minute.
     */
    public finishSignOn<ThrowOnError extends boolean = false>(parameters: {
        code: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<FinishSignOnResponses, FinishSignOnErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'body', key: 'code' }] }]);
        return (options?.client ?? this.client).post<FinishSignOnResponses, FinishSignOnErrors, ThrowOnError>({
            url: '/api/auth/oidc/token',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * InfluxDB's ping
     */
    public pingAsInflux<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<PingAsInfluxResponses, PingAsInfluxErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<PingAsInfluxResponses, PingAsInfluxErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/ping',
            ...options
        });
    }
    
    /**
     * InfluxDB's health
     */
    public getHealthAsInflux<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<GetHealthAsInfluxResponses, GetHealthAsInfluxErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<GetHealthAsInfluxResponses, GetHealthAsInfluxErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/health',
            ...options
        });
    }
    
    /**
     * Influx line protocol, all precisions, gzip
     */
    public writeLines<ThrowOnError extends boolean = false>(parameters: {
        body: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<WriteLinesResponses, WriteLinesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<WriteLinesResponses, WriteLinesErrors, ThrowOnError>({
            bodySerializer: null,
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v2/write',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'text/plain',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Influx line protocol, all precisions, gzip
     */
    public writeLinesAtRoot<ThrowOnError extends boolean = false>(parameters: {
        body: string;
    }, options?: Options<never, ThrowOnError>): RequestResult<WriteLinesAtRootResponses, WriteLinesAtRootErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<WriteLinesAtRootResponses, WriteLinesAtRootErrors, ThrowOnError>({
            bodySerializer: null,
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/write',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'text/plain',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * InfluxDB's create-database call, which needs nothing here
     */
    public queryAsInflux<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<QueryAsInfluxResponses, QueryAsInfluxErrors, ThrowOnError> {
        return (options?.client ?? this.client).get<QueryAsInfluxResponses, QueryAsInfluxErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/query',
            ...options
        });
    }
    
    /**
     * InfluxDB's create-database call, which needs nothing here
     */
    public postQueryAsInflux<ThrowOnError extends boolean = false>(options?: Options<never, ThrowOnError>): RequestResult<PostQueryAsInfluxResponses, PostQueryAsInfluxErrors, ThrowOnError> {
        return (options?.client ?? this.client).post<PostQueryAsInfluxResponses, PostQueryAsInfluxErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/query',
            ...options
        });
    }
    
    /**
     * One reading of a sensor, or several
     */
    public sendSensorData<ThrowOnError extends boolean = false>(parameters: {
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendSensorDataResponses, SendSensorDataErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendSensorDataResponses, SendSensorDataErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/sensors/data',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Readings with a payload that may nest: one, an array, {readings} or NDJSON
     */
    public sendReadingsInBulk<ThrowOnError extends boolean = false>(parameters: {
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendReadingsInBulkResponses, SendReadingsInBulkErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendReadingsInBulkResponses, SendReadingsInBulkErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/readings/bulk',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Readings with a payload that may nest: one, an array, {readings} or NDJSON
     */
    public sendReadingsInBulkAtRoot<ThrowOnError extends boolean = false>(parameters: {
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendReadingsInBulkAtRootResponses, SendReadingsInBulkAtRootErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendReadingsInBulkAtRootResponses, SendReadingsInBulkAtRootErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/readings/bulk',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Telemetry, as ThingsBoard takes it
     */
    public sendTelemetry<ThrowOnError extends boolean = false>(parameters: {
        token: string;
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendTelemetryResponses, SendTelemetryErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'token' }, { key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendTelemetryResponses, SendTelemetryErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/{token}/telemetry',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
    
    /**
     * Attributes, as ThingsBoard takes them
     */
    public sendAttributes<ThrowOnError extends boolean = false>(parameters: {
        token: string;
        body: unknown;
    }, options?: Options<never, ThrowOnError>): RequestResult<SendAttributesResponses, SendAttributesErrors, ThrowOnError> {
        const params = buildClientParams([parameters], [{ args: [{ in: 'path', key: 'token' }, { key: 'body', map: 'body' }] }]);
        return (options?.client ?? this.client).post<SendAttributesResponses, SendAttributesErrors, ThrowOnError>({
            security: [{ scheme: 'bearer', type: 'http' }],
            url: '/api/v1/{token}/attributes',
            ...options,
            ...params,
            headers: {
                'Content-Type': 'application/json',
                ...options?.headers,
                ...params.headers
            }
        });
    }
}

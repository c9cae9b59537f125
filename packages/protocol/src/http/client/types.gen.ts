// Written by `npm run client:generate` from the description of the API; not to be edited.


export type ClientOptions = {
    baseUrl: `${string}://${string}` | (string & {});
};

/**
 * TokenPair
 */
export type TokenPair = {
    access_token: string;
    /**
     * Good once: each refresh brings the next.
     */
    refresh_token: string;
    token_type: 'Bearer';
    /**
     * Seconds that the access token lives.
     */
    expires_in: number;
};

/**
 * Problem
 *
 * A problem document (RFC 9457).
 */
export type Problem = {
    type: 'about:blank';
    title: string;
    status: number;
    /**
     * Stable; grouped by what it is about.
     */
    code: string;
    /**
     * For people.
     */
    detail: string;
    [key: string]: unknown;
};

/**
 * Registered
 */
export type Registered = {
    status: 'success';
    user_id: string;
};

/**
 * Joined
 */
export type Joined = {
    organizationId: number;
};

/**
 * Registration
 */
export type Registration = {
    userId: string;
    /**
     * Signs in as the e-mail address does; unique in any letter case.
     */
    username: string;
    email: string;
    createdAt: string;
    expiresAt: string;
};

/**
 * Preferences
 */
export type Preferences = {
    /**
     * BCP 47; our own texts are in `en` and `de`.
     */
    language: string;
    unitSystem: 'metric' | 'us';
    /**
     * Quantities that are shown otherwise than the system has it, by UCUM's codes.
     */
    units: {
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
    timeZone: string | null;
    numberFormat: 'language' | '1,234.5' | '1.234,5' | '1 234,5';
    dateFormat: 'language' | 'yyyy-mm-dd' | 'dd.mm.yyyy' | 'dd/mm/yyyy' | 'mm/dd/yyyy';
    hourCycle: 'language' | 'h23' | 'h12';
    notifications: {
        showSeverities: Array<'info' | 'warning' | 'major' | 'critical'>;
    };
};

/**
 * Profile
 */
export type Profile = {
    id: string;
    email: string;
    emailConfirmedAt: string | null;
    username: string | null;
    name: string;
    createdAt: string;
    /**
     * The one that the token names.
     */
    organizationId: number;
    roles: Array<'operator' | 'scientist' | 'admin'>;
    memberships: Array<{
        organization: {
            id: number;
            slug: string;
            name: string;
        };
        roles: Array<'operator' | 'scientist' | 'admin'>;
    }>;
    secondFactor: {
        confirmedAt: string;
        /**
         * How many are left.
         */
        recoveryCodes: number;
    } | null;
    preferences: Preferences;
};

/**
 * SecondFactorEnrolment
 */
export type SecondFactorEnrolment = {
    /**
     * Base 32, to be typed.
     */
    secret: string;
    /**
     * `otpauth://…`, for a QR code.
     */
    uri: string;
};

/**
 * RecoveryCodes
 */
export type RecoveryCodes = {
    /**
     * Each is good once; shown this once.
     */
    recoveryCodes: Array<string>;
};

/**
 * Session
 */
export type Session = {
    id: string;
    createdAt: string;
    /**
     * When it was last refreshed.
     */
    lastUsedAt: string;
    address: string | null;
    userAgent: string | null;
    application: string | null;
    /**
     * The one that asks.
     */
    isCurrent: boolean;
};

/**
 * Identity
 */
export type Identity = {
    id: string;
    /**
     * The provider.
     */
    issuer: string;
    /**
     * Who one is to it.
     */
    subject: string;
    createdAt: string;
    lastUsedAt: string;
};

/**
 * Membership
 */
export type Membership = {
    organization: {
        id: number;
        slug: string;
        name: string;
    };
    roles: Array<'operator' | 'scientist' | 'admin'>;
};

/**
 * User
 */
export type User = {
    id: string;
    email: string;
    username: string | null;
    name: string;
    roles: Array<'operator' | 'scientist' | 'admin'>;
    /**
     * False: may not act for this organization.
     */
    isActive: boolean;
    hasSecondFactor: boolean;
    emailConfirmedAt: string | null;
    joinedAt: string;
    lastUsedAt: string | null;
};

/**
 * CreatedUser
 */
export type CreatedUser = {
    id: string;
    email: string;
    username: string | null;
    name: string;
    roles: Array<'operator' | 'scientist' | 'admin'>;
    /**
     * False: may not act for this organization.
     */
    isActive: boolean;
    hasSecondFactor: boolean;
    emailConfirmedAt: string | null;
    joinedAt: string;
    lastUsedAt: string | null;
    /**
     * Where none was given; shown this once. The person should change it.
     */
    generatedPassword?: string;
};

/**
 * Invitation
 */
export type Invitation = {
    id: string;
    email: string;
    roles: Array<'operator' | 'scientist' | 'admin'>;
    /**
     * As the audit names people.
     */
    invitedBy: string;
    createdAt: string;
    expiresAt: string;
};

/**
 * CreatedInvitation
 */
export type CreatedInvitation = {
    id: string;
    email: string;
    roles: Array<'operator' | 'scientist' | 'admin'>;
    /**
     * As the audit names people.
     */
    invitedBy: string;
    createdAt: string;
    expiresAt: string;
    /**
     * Only where no mail is sent, and this once: hand it to the person.
     */
    link?: string;
};

/**
 * SiteStop
 */
export type SiteStop = {
    id: string;
    by: string;
    at: string;
    reason: string | null;
};

/**
 * Site
 */
export type Site = {
    id: number;
    slug: string;
    name: string;
    region: string | null;
    latitude: number | null;
    longitude: number | null;
    /**
     * IANA name, such as "Europe/Berlin".
     */
    timeZone: string;
    /**
     * Of what is written for people, such as reports.
     */
    language: 'en' | 'de';
    /**
     * Devices registered without a site join it.
     */
    isDefault: boolean;
    createdAt: string;
    /**
     * Who stopped it, and holds all that is there.
     */
    stop: SiteStop | null;
};

/**
 * StoppedSite
 */
export type StoppedSite = {
    id: number;
    slug: string;
    name: string;
    region: string | null;
    latitude: number | null;
    longitude: number | null;
    /**
     * IANA name, such as "Europe/Berlin".
     */
    timeZone: string;
    /**
     * Of what is written for people, such as reports.
     */
    language: 'en' | 'de';
    /**
     * Devices registered without a site join it.
     */
    isDefault: boolean;
    createdAt: string;
    /**
     * Who stopped it, and holds all that is there.
     */
    stop: SiteStop | null;
    /**
     * What was stopped, or released.
     */
    actuators: Array<number>;
};

/**
 * Asset
 */
export type Asset = {
    id: number;
    /**
     * zone, pond, home, plant: the field's own word.
     */
    kind: string;
    name: string;
    site: string;
    siteId: number;
    parent: number | null;
    /**
     * Free facts: a JSON object.
     */
    properties: {
        [key: string]: unknown;
    };
    createdAt: string;
};

/**
 * AssetEvent
 */
export type AssetEvent = {
    id: number;
    kind: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
    asset: number | null;
    device: string | null;
    at: string;
    /**
     * feeding: grams, feed. calibration: metric, method, reference, before, after. lab-sample: values (name → number), laboratory, sample, method. harvest: kilograms, pieces. note: none.
     */
    details: {
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
    note: string | null;
    /**
     * user:<id> or client:<id>.
     */
    createdBy: string;
    createdAt: string;
    updatedAt: string;
};

/**
 * Tariff
 */
export type Tariff = {
    id: number;
    name: string;
    site: string | null;
    /**
     * ISO 4217.
     */
    currency: string;
    /**
     * A day, by the clock of the site.
     */
    validFrom: string;
    validUntil: string | null;
    /**
     * By the clock on the wall of the site. `to` before `from` is on the next day. Together they give every minute of a week one price, in every month.
     */
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
    /**
     * What is added to the price of every kilowatt hour of a month above so many; rising.
     */
    tiers: Array<{
        aboveKwh: number;
        addedPrice: number;
    }>;
    /**
     * For a kilowatt hour fed in.
     */
    feedInPrice: number;
    standingChargePerDay: number;
    createdAt: string;
};

/**
 * Metric
 */
export type Metric = {
    /**
     * Names the metric in stored readings.
     */
    number: number;
    key: string;
    /**
     * A counter only grows, until its device starts anew at 0; a gauge goes up and down.
     */
    kind: 'gauge' | 'counter';
    unit: string | null;
    quantity: string | null;
    minimum: number | null;
    maximum: number | null;
    precision: number | null;
    flatlineMs: number | null;
    maxStep: number | null;
    stepMs: number | null;
};

/**
 * ProfileDetail
 */
export type ProfileDetail = {
    id: number;
    key: string;
    name: string;
    isBuiltIn: boolean;
    readingsPerSecond: number;
    readingsBurst: number;
    createdAt: string;
    metrics: Array<Metric>;
    actuators: Array<{
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
    rules: Array<{
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
    /**
     * Of each device that is registered with it, by the clock of its site.
     */
    schedules: Array<{
        key: string;
        name: string;
        actuator: string;
        /**
         * When it happens.
         */
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
        /**
         * What the actuator does.
         */
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
    }>;
};

/**
 * Device
 */
export type Device = {
    id: number;
    /**
     * Unique within the organization.
     */
    uid: string;
    name: string;
    profile: string;
    site: string;
    siteId: number;
    asset: number | null;
    status: 'active' | 'inactive';
    /**
     * Free facts: a JSON object.
     */
    properties: {
        [key: string]: unknown;
    };
    createdAt: string;
    gateway: string | null;
    gatewaySince: string | null;
};

/**
 * RotatedDeviceToken
 */
export type RotatedDeviceToken = {
    id: number;
    /**
     * Unique within the organization.
     */
    uid: string;
    /**
     * The device's own token, shown this once.
     */
    token: string;
    oldTokenEndsAt: string | null;
};

/**
 * DeviceCertificate
 */
export type DeviceCertificate = {
    /**
     * SHA-256 of the certificate's DER, as `openssl x509 -noout -fingerprint -sha256` says it, without colons.
     */
    fingerprint: string;
    subject: string;
    createdAt: string;
    expiresAt: string;
    lastUsedAt: string | null;
};

/**
 * DeviceClaim
 */
export type DeviceClaim = {
    id: string;
    profile: string;
    site: string;
    asset: number | null;
    uid: string | null;
    /**
     * Whether a device of this uid that is registered gets a new token by it.
     */
    mayReplace: boolean;
    createdAt: string;
    expiresAt: string;
    revokedAt: string | null;
    usedAt: string | null;
    device: string | null;
};

/**
 * NewDeviceClaim
 */
export type NewDeviceClaim = {
    id: string;
    profile: string;
    site: string;
    asset: number | null;
    uid: string | null;
    /**
     * Whether a device of this uid that is registered gets a new token by it.
     */
    mayReplace: boolean;
    createdAt: string;
    expiresAt: string;
    revokedAt: string | null;
    usedAt: string | null;
    device: string | null;
    /**
     * For people: K7QF-3M9P-X2TD-6HV0.
     */
    code: string;
};

/**
 * ClaimedDevice
 */
export type ClaimedDevice = {
    id: number;
    /**
     * Unique within the organization.
     */
    uid: string;
    name: string;
    profile: string;
    site: string;
    siteId: number;
    asset: number | null;
    status: 'active' | 'inactive';
    /**
     * Free facts: a JSON object.
     */
    properties: {
        [key: string]: unknown;
    };
    createdAt: string;
    gateway: string | null;
    gatewaySince: string | null;
    /**
     * The device's own token, shown this once.
     */
    token: string;
};

/**
 * Client
 */
export type Client = {
    /**
     * Also its `client_id` at the token endpoint.
     */
    id: string;
    name: string;
    scopes: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
    entity: string | null;
    limits: {
        perSecond: number;
        burst: number;
    } | null;
    createdAt: string;
    expiresAt: string | null;
    lastUsedAt: string | null;
    revokedAt: string | null;
};

/**
 * Entity
 */
export type Entity = {
    id: number;
    slug: string;
    name: string;
    /**
     * Slugs of the sites that it may read.
     */
    sites: Array<string>;
    createdAt: string;
};

/**
 * Application
 */
export type Application = {
    /**
     * Its `client_id` at `/oauth2/authorize`.
     */
    id: string;
    name: string;
    /**
     * https, or http to 127.0.0.1, [::1] or localhost, where any port will do.
     */
    redirectUris: Array<string>;
    createdAt: string;
};

/**
 * Configuration
 */
export type Configuration = {
    /**
     * Of this form.
     */
    version: 1;
    profiles: Array<{
        key: string;
        metrics?: Array<{
            key: string;
            [key: string]: unknown;
        }>;
        [key: string]: unknown;
    }>;
    sites: Array<{
        slug: string;
        name: string;
        [key: string]: unknown;
    }>;
    assets: Array<{
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
    devices: Array<{
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
    /**
     * Limits of what the devices' profiles bring.
     */
    actuators: Array<{
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
    tariffs: Array<{
        name: string;
        site?: string | null;
        validFrom: string;
        [key: string]: unknown;
    }>;
    rules: Array<{
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
    schedules: Array<{
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
    channels: Array<{
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
    routes: Array<{
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
    entities: Array<{
        slug: string;
        name: string;
        sites?: Array<string>;
        [key: string]: unknown;
    }>;
};

/**
 * ConfigurationOutcome
 */
export type ConfigurationOutcome = {
    created: number;
    updated: number;
    deleted: number;
    /**
     * As they are said to be already.
     */
    kept: number;
    failed: number;
    /**
     * One for each thing that is not kept, in the order of the work.
     */
    results: Array<{
        section: 'profiles' | 'sites' | 'assets' | 'devices' | 'actuators' | 'tariffs' | 'rules' | 'schedules' | 'channels' | 'routes' | 'entities';
        name: string;
        action: 'create' | 'update' | 'delete';
        /**
         * Of an update: what is otherwise.
         */
        fields?: Array<string>;
        /**
         * withheld: a deletion that was not done, because something failed.
         */
        outcome: 'planned' | 'done' | 'failed' | 'withheld';
        code?: string;
        message?: string;
        /**
         * Of a new device, shown this once.
         */
        token?: string;
        /**
         * Of a new webhook, shown this once.
         */
        secret?: string;
    }>;
};

/**
 * Erasure
 */
export type Erasure = {
    id: number;
    device: string | null;
    reason: string;
    requestedBy: string;
    requestedAt: string;
    /**
     * `done`: no table, no file and no newest value holds any of it. Backups are not touched.
     */
    state: 'requested' | 'running' | 'done';
    doneAt: string | null;
    /**
     * Files of settled readings that were written anew, or are gone whole.
     */
    partsRewritten: number;
    /**
     * That are gone; a message that was sent again may be counted with each.
     */
    messages: number;
    /**
     * By which the files of settled readings have become smaller.
     */
    bytes: number;
    /**
     * Readings up to the end of these generations go: those that were open when it was asked for.
     */
    until: Array<{
        partition: number;
        generation: number;
    }>;
};

/**
 * LatestValues
 */
export type LatestValues = {
    /**
     * Unique within the organization.
     */
    device: string;
    ts: number | null;
    values: {
        [key: string]: number;
    };
    /**
     * What is wrong with those of the values that cannot be what the sensor measured; absent when all can.
     */
    invalid?: {
        [key: string]: Array<'range' | 'flatline' | 'spike'>;
    };
    /**
     * What the newest message that had any said besides numbers: text, booleans, arrays.
     */
    extras?: {
        [key: string]: unknown;
    };
};

/**
 * Telemetry
 */
export type Telemetry = {
    /**
     * Unique within the organization.
     */
    device: string;
    interval: string | null;
    ts: Array<number>;
    series: {
        [key: string]: Array<unknown> | {
            [key: string]: Array<unknown>;
        };
    };
    /**
     * Only when there are any: metric → `range`, `flatline` or `spike` → indexes into `ts` of readings that cannot be what the sensor measured. They are shown, count in no bucket, and no rule acts on them.
     */
    invalid?: {
        [key: string]: {
            [key: string]: Array<number>;
        };
    };
};

/**
 * LatestOfMany
 */
export type LatestOfMany = {
    devices: Array<string>;
    /**
     * Epoch milliseconds of each device's newest message; null before its first.
     */
    ts: Array<number | null>;
    /**
     * Metric → its newest value, one a device; null where the device never said it.
     */
    series: {
        [key: string]: Array<number | null>;
    };
    /**
     * Only when there are any: metric → `range`, `flatline` or `spike` → indexes into `devices` of values that cannot be what the sensor measured.
     */
    invalid?: {
        [key: string]: {
            [key: string]: Array<number>;
        };
    };
};

/**
 * Solution
 */
export type Solution = {
    key: string;
    name: string;
    summary: string;
    version: number;
    /**
     * Comes with every new organization.
     */
    isStandard: boolean;
    installedVersion: number | null;
    installedAt: string | null;
    story: {
        title: string;
        steps: Array<string>;
    };
    formulas: Array<{
        name: string;
        summary: string;
        source: string;
    }>;
    /**
     * What installing it would do now.
     */
    changes: Array<{
        kind: 'profile' | 'metric' | 'actuator' | 'rule' | 'schedule';
        profile: string;
        /**
         * Of the part; empty for the profile itself.
         */
        key: string;
        /**
         * `kept`: a person has changed it, and it stays. `deleted`: a person has deleted it, and it stays so. `withdrawn`: the version has it no more. `left`: the version has it no more, but it cannot go.
         */
        outcome: 'added' | 'upgraded' | 'unchanged' | 'kept' | 'deleted' | 'withdrawn' | 'left';
    }>;
};

/**
 * InstalledSolution
 */
export type InstalledSolution = {
    solution: string;
    version: number;
    versionBefore: number | null;
    changes: Array<{
        kind: 'profile' | 'metric' | 'actuator' | 'rule' | 'schedule';
        profile: string;
        /**
         * Of the part; empty for the profile itself.
         */
        key: string;
        /**
         * `kept`: a person has changed it, and it stays. `deleted`: a person has deleted it, and it stays so. `withdrawn`: the version has it no more. `left`: the version has it no more, but it cannot go.
         */
        outcome: 'added' | 'upgraded' | 'unchanged' | 'kept' | 'deleted' | 'withdrawn' | 'left';
        devices?: {
            /**
             * Devices that have the new one.
             */
            changed: number;
            /**
             * Devices whose own a person had changed.
             */
            kept: number;
        };
    }>;
};

/**
 * RemovedSolution
 */
export type RemovedSolution = {
    solution: string;
    /**
     * Keys of profiles.
     */
    removed: Array<string>;
    stays: Array<{
        profile: string;
        reason: 'devices' | 'legal-hold' | 'changed';
    }>;
};

/**
 * Reading
 */
export type Reading = {
    id: string;
    /**
     * Unique within the organization.
     */
    device_id: string;
    ts_utc: string;
    /**
     * The device's local time as it said it, else the site's with its offset.
     */
    ts_local: string;
    /**
     * As it came.
     */
    payload: unknown;
};

/**
 * RejectedMessage
 */
export type RejectedMessage = {
    id: number;
    deviceUid: string | null;
    source: string;
    code: string;
    reason: string;
    payload: string | null;
    payloadBytes: number | null;
    receivedAt: string;
};

/**
 * OpenTrip
 */
export type OpenTrip = {
    id: string;
    /**
     * First-out: what tripped it first.
     */
    cause: string;
    message: string | null;
    by: string;
    at: string;
    /**
     * How often it was tripped, the first time included.
     */
    causes: number;
    lastCause: string;
    lastAt: string;
};

/**
 * Envelope
 */
export type Envelope = {
    /**
     * Nothing passes it.
     */
    maxRunMs: number;
    /**
     * Least time from OFF to the next ON; an administrator's override passes it.
     */
    cooldownMs: number;
    minOffMs: number | null;
    maxStartsPerDay: number | null;
    maxRunMsPerDay: number | null;
    linkLossMs: number | null;
    maxReadingAgeMs: number | null;
    /**
     * What it does at a boot and without its link: off, on, or what a controller beside it decides.
     */
    safeState: 'off' | 'on' | 'local';
    interlockGroup: string | null;
    maxDose: {
        amount: number;
        unit: string;
    } | null;
    /**
     * Conditions on fresh readings, without which nothing starts.
     */
    permissives: Array<{
        /**
         * Unique within the organization.
         */
        device?: string;
        metric: string;
        operator: 'above' | 'below';
        value: number;
        maxAgeMs?: number;
    }>;
};

/**
 * Actuator
 */
export type Actuator = {
    id: number;
    key: string;
    kind: string;
    /**
     * Unique within the organization.
     */
    device: string;
    /**
     * Its slug.
     */
    site: string;
    status: 'IDLE' | 'RUNNING' | 'COOLDOWN' | 'ERROR' | 'UNKNOWN' | 'HELD';
    /**
     * auto: rules and people start it. manual: people alone. locked-out: nobody; somebody works on it.
     */
    mode: 'auto' | 'manual' | 'locked-out';
    lockedBy: string | null;
    hold: {
        by: string;
        reason: string | null;
        since: string;
        /**
         * What ends it: a release, the end of the stop of its site, the reset of a trip.
         */
        origins: Array<'person' | 'site' | 'trip'>;
        [key: string]: unknown;
    } | null;
    trip: OpenTrip | null;
    siteStop: SiteStop | null;
    lastActivationAt: string | null;
    totalActivations: number;
    cooldownUntil: string | null;
    envelope: Envelope;
    interlockGroup: string | null;
    /**
     * It may be commanded although its device checks no fence.
     */
    unfenced: boolean;
    unfencedAllowedBy: string | null;
    setPoint: {
        value: number;
        unit: string | null;
    } | null;
    budget: {
        startsToday: number;
        runMsToday: number;
        startsLeft: number | null;
        runMsLeft: number | null;
        dayEndsAt: string;
    } | null;
    live: {
        command: string;
        state: string;
        endsAtLatest: string;
    } | null;
    waiting: {
        execution: string;
        reason: string | null;
        message: string | null;
        until: string | null;
    } | null;
    observed: {
        state: 'on' | 'off';
        at: string;
    } | null;
    fault: string | null;
    connected: boolean;
    [key: string]: unknown;
};

/**
 * Execution
 */
export type Execution = {
    id: string;
    /**
     * MANUAL, SCHEDULED, THRESHOLD or FOREIGN: what caused it.
     */
    type: string;
    action: string;
    priority: string;
    status: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD';
    scheduledAt: string | null;
    startedAt: string | null;
    completedAt: string | null;
    threshold: unknown | null;
    schedule: unknown | null;
    parameters: unknown;
    success: boolean | null;
    errorDetails: string | null;
    retries: number;
    reason: string | null;
    message: string | null;
    waitUntil: string | null;
    replayOf: string | null;
    [key: string]: unknown;
};

/**
 * Command
 */
export type Command = {
    id: string;
    actuator: number;
    /**
     * RUN, DOSE, SET or STOP.
     */
    kind: string;
    /**
     * QUEUED, DISPATCHING, ACCEPTED, RUNNING, COMPLETED, UNKNOWN …
     */
    state: string;
    fence: number | null;
    durationMs: number | null;
    amount: number | null;
    unit: string | null;
    value: number | null;
    /**
     * It passed a cooldown, by an administrator's word.
     */
    isOverride: boolean;
    dosed: number | null;
    dosedIs: 'exact' | 'at_least' | 'unknown' | null;
    reason: string | null;
    decidedAt: string;
    [key: string]: unknown;
};

/**
 * Trip
 */
export type Trip = {
    id: string;
    actuator: number;
    actuatorKey: string;
    /**
     * Unique within the organization.
     */
    device: string;
    /**
     * First-out: what tripped it first.
     */
    cause: string;
    message: string | null;
    by: string;
    at: string;
    /**
     * How often it was tripped, the first time included.
     */
    causes: number;
    lastCause: string;
    lastAt: string;
    reset: {
        by: string;
        at: string;
        reason: string | null;
    } | null;
};

/**
 * WhyNot
 */
export type WhyNot = {
    /**
     * What would be decided now. preempt: a run of lower priority would be stopped for it.
     */
    outcome: 'accept' | 'refuse' | 'defer' | 'preempt';
    /**
     * Everything that stands against it, in the order in which it counts.
     */
    limits: Array<{
        /**
         * The last part of the code that a refusal has: cooldown, interlock, held …
         */
        limit: string;
        message: string;
        retryAt: string | null;
    }>;
};

/**
 * ExecutionWhyNot
 */
export type ExecutionWhyNot = {
    status: string;
    reason: string | null;
    message: string | null;
    at: string;
    until: string | null;
    /**
     * While it waits: what would be decided at this moment.
     */
    now: WhyNot | null;
};

/**
 * CommandEvent
 */
export type CommandEvent = {
    at: string;
    what: string;
    /**
     * The command's state afterwards.
     */
    state: string;
    /**
     * user:<id>, rule:<id>, device:<id>, gateway.
     */
    who: string;
    reason: string | null;
    [key: string]: unknown;
};

/**
 * Cause
 */
export type Cause = {
    rule: number;
    ruleKey: string | null;
    ruleName: string | null;
    device: string | null;
    /**
     * Of the rule on this device: the first that it acts for.
     */
    firstEpisode: number;
    lastEpisode: number;
    readingAt: string | null;
    value: number | null;
    foldedAt: string | null;
};

/**
 * ExecutionDetail
 */
export type ExecutionDetail = {
    id: string;
    /**
     * MANUAL, SCHEDULED, THRESHOLD or FOREIGN: what caused it.
     */
    type: string;
    action: string;
    priority: string;
    status: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD';
    scheduledAt: string | null;
    startedAt: string | null;
    completedAt: string | null;
    threshold: unknown | null;
    schedule: unknown | null;
    parameters: unknown;
    success: boolean | null;
    errorDetails: string | null;
    retries: number;
    reason: string | null;
    message: string | null;
    waitUntil: string | null;
    replayOf: string | null;
    /**
     * What fired.
     */
    causedBy: Array<Cause>;
    /**
     * One an attempt, and the STOPs that made way for it; the oldest first.
     */
    commands: Array<{
        id: string;
        kind: string;
        fence: number | null;
        state: string;
        reason: string | null;
        decidedAt: string;
        endedAt: string | null;
    }>;
    /**
     * Executions that repeat this dead letter.
     */
    replays: Array<string>;
    [key: string]: unknown;
};

/**
 * ExecutionEvent
 */
export type ExecutionEvent = {
    at: string;
    /**
     * It changed, a cause was folded into it, or something became of a command of it.
     */
    what: 'execution' | 'cause' | 'command';
    status: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD' | null;
    reason: string | null;
    message: string | null;
    until: string | null;
    who: string | null;
    cause: Cause | null;
    command: {
        id: string;
        kind: string;
        fence: number | null;
        state: string;
        what: string;
        details: unknown | null;
    } | null;
};

/**
 * Rule
 */
export type Rule = {
    id: number;
    /**
     * Unique within the organization.
     */
    device: string;
    asset: number | null;
    key: string;
    name: string;
    kind: 'threshold' | 'rate' | 'no-data' | 'repeated' | 'all' | 'any' | 'not';
    /**
     * A condition: `threshold` {metric, operator: below | above, value, hysteresis}, `rate` {metric, operator: rising | falling, by, withinMs}, `no-data` {metric, afterMs}, `repeated` {condition, times, withinMs}, `all` or `any` {conditions}, `not` {condition}, each with its `kind`. A metric is a key of the rule's device, or {device, metric} of another one at the same asset. Beside the outermost: `forMs`, `resolveAfterMs`, `staleAfterMs` (15 minutes), and `gates`: {kind: daylight, is: day | night, offsetMs} or {kind: rule, rule, is: firing | not-firing}.
     */
    definition: unknown;
    action: unknown | null;
    alert: unknown | null;
    priority: string;
    enabled: boolean;
    createdAt: string;
    standing: unknown | null;
    [key: string]: unknown;
};

/**
 * Schedule
 */
export type Schedule = {
    id: number;
    key: string;
    name: string;
    actuator: number;
    actuatorKey: string;
    /**
     * Unique within the organization.
     */
    device: string;
    /**
     * What the actuator does.
     */
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
    /**
     * IANA name, such as "Europe/Berlin".
     */
    timeZone: string;
    /**
     * It is that of the actuator's site, and follows it.
     */
    isSiteTimeZone: boolean;
    /**
     * When it happens.
     */
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
    /**
     * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
     */
    skippedTime: 'skip' | 'shift';
    /**
     * Which of the two counts when the clock is set back and shows a local time twice.
     */
    repeatedTime: 'first' | 'second' | 'both';
    from: string | null;
    until: string | null;
    missedRuns: {
        /**
         * What becomes of runs that nobody opened in time: nothing, the last runs late, or the last maxMissed run late.
         */
        policy: 'skip' | 'run-once' | 'run-all';
        /**
         * Older ones are not made up for.
         */
        missedWithinMs: number;
        /**
         * Of run-all: how many are made up for, and how many may wait beside the newest.
         */
        maxMissed: number;
    };
    /**
     * A run that cannot start within this is cancelled; an hour when absent.
     */
    latestStartMs: number;
    paused: {
        by: string;
        at: string;
        until: string | null;
        reason: string | null;
    } | null;
    next: {
        /**
         * Its name for ever: "2026-10-25T02:30:00 Europe/Berlin #1".
         */
        occurrence: string;
        dueAt: string;
    } | null;
    problem: string | null;
    createdAt: string;
};

/**
 * Occurrence
 */
export type Occurrence = {
    /**
     * IANA name, such as "Europe/Berlin".
     */
    timeZone: string;
    occurrences: Array<{
        /**
         * Its name for ever: "2026-10-25T02:30:00 Europe/Berlin #1".
         */
        occurrence: string;
        /**
         * What the clock on the wall shows.
         */
        local: string;
        utc: string | null;
        clockChange: 'skipped' | 'shifted' | 'first-of-two' | 'second-of-two' | null;
        note: string | null;
    }>;
};

/**
 * ScheduleRun
 */
export type ScheduleRun = {
    /**
     * Its name for ever: "2026-10-25T02:30:00 Europe/Berlin #1".
     */
    occurrence: string;
    dueAt: string;
    state: 'opened' | 'missed' | 'skipped';
    reason: 'on-time' | 'late' | 'policy' | 'too-old' | 'limit' | 'superseded' | 'problem' | 'paused';
    execution: string | null;
    throughAt: string | null;
    recordedAt: string;
};

/**
 * Alert
 */
export type Alert = {
    id: string;
    state: 'pending' | 'firing' | 'resolved';
    /**
     * A resolved one may still be open: latched, or shelved. What is closed is history.
     */
    open: boolean;
    severity: 'info' | 'warning' | 'major' | 'critical';
    title: string;
    message: string;
    rule: {
        id: number;
        name: string | null;
    } | null;
    device: string | null;
    source: string | null;
    site: string | null;
    region: string | null;
    asset: {
        id: number;
        name: string;
    } | null;
    group: string | null;
    /**
     * The first of its group to fire: the likely cause of the others.
     */
    firstOut: boolean;
    /**
     * Stays open after its condition until somebody acknowledges or clears it.
     */
    latched: boolean;
    /**
     * How often it has fired while it was open.
     */
    occurrences: number;
    episode: number;
    value: number | null;
    readingAt: string | null;
    openedAt: string;
    firedAt: string | null;
    acknowledged: {
        /**
         * user:<id> or client:<id>.
         */
        by: string;
        at: string;
    } | null;
    resolvedAt: string | null;
    resolvedReason: string | null;
    cleared: {
        /**
         * user:<id> or client:<id>.
         */
        by: string;
        at: string;
    } | null;
    closedAt: string | null;
    shelved: {
        until: string;
        by: string;
        reason: string | null;
    } | null;
};

/**
 * AlertEvent
 */
export type AlertEvent = {
    at: string;
    /**
     * fired, resolved, acknowledged, cleared, shelved, unshelved, re-alarmed or commented.
     */
    what: string;
    state: 'pending' | 'firing' | 'resolved';
    open: boolean;
    /**
     * rule:<id>, user:<id>, client:<id> or system.
     */
    who: string;
    comment: string | null;
    details: unknown | null;
};

/**
 * Channel
 */
export type Channel = {
    id: number;
    kind: 'webhook' | 'email' | 'sms';
    name: string;
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
    limits: {
        sendsPerMinute: number;
        /**
         * Messages that may follow each other at once.
         */
        burst: number;
    };
    isEnabled: boolean;
    disabledReason: string | null;
    /**
     * Down: it failed three times in a row; messages wait, and one at a time probes.
     */
    state: 'up' | 'down' | 'disabled';
    pausedUntil: string | null;
    createdAt: string;
};

/**
 * NotificationRoute
 */
export type NotificationRoute = {
    id: number;
    name: string;
    /**
     * Lower ones are tried first.
     */
    position: number;
    isEnabled: boolean;
    match: {
        minSeverity: 'info' | 'warning' | 'major' | 'critical';
        sites: Array<number> | null;
        rules: Array<number> | null;
        events: Array<'fired' | 'resolved' | 'acknowledged' | 'cleared' | 're-alarmed' | 'unshelved' | 'escalated'>;
    };
    channels: Array<number>;
    /**
     * Whom to tell if nobody has acknowledged by then. A channel occurs once in a route.
     */
    escalation: Array<{
        afterMinutes: number;
        channels: Array<number>;
    }>;
    /**
     * What this route takes is offered to the routes after it as well.
     */
    continues: boolean;
    quietHours: {
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
    /**
     * What is told as one digest when it has to wait.
     */
    groupBy: 'site' | 'rule' | 'alert' | 'all';
    /**
     * How long what is not critical waits for more of its group.
     */
    groupWindowMs: number;
    /**
     * Texts with {title}, {message}, {severity}, {event}, {alert}, {site}, {rule}, {device}, {time} and {data.…}, of which a number may have decimals: {data.value:1}. A brace itself is written twice.
     */
    templates: {
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
    createdAt: string;
};

/**
 * Delivery
 */
export type Delivery = {
    id: string;
    channelId: number;
    routeId: number | null;
    state: 'pending' | 'sending' | 'sent' | 'failed' | 'dead' | 'suppressed';
    digestId: string | null;
    attempts: number;
    nextAttemptAt: string | null;
    lastError: string | null;
    createdAt: string;
    finishedAt: string | null;
    notice: {
        id: string;
        alertId: string;
        event: 'fired' | 'resolved' | 'acknowledged' | 'cleared' | 're-alarmed' | 'unshelved' | 'escalated';
        severity: 'info' | 'warning' | 'major' | 'critical';
        title: string;
    };
};

/**
 * DeliveryAttempt
 */
export type DeliveryAttempt = {
    number: number;
    /**
     * What the receiver saw as its id: the delivery's own, or its digest's.
     */
    messageId: string;
    at: string;
    outcome: 'sent' | 'failed' | 'limited' | 'refused' | 'gone' | 'interrupted';
    httpStatus: number | null;
    durationMs: number;
    error: string | null;
    note: string | null;
};

/**
 * ReportDefinition
 */
export type ReportDefinition = {
    /**
     * Key of a report definition.
     */
    key: string;
    /**
     * By language.
     */
    title: {
        [key: string]: string;
    };
    period: 'hour' | 'day' | 'week' | 'month';
    metrics: Array<{
        key: string;
        /**
         * By language.
         */
        title: {
            [key: string]: string;
        };
        unit: string;
        digits: number;
    }>;
    sections: Array<{
        kind: string;
        /**
         * By language.
         */
        title: {
            [key: string]: string;
        };
    }>;
};

/**
 * Report
 */
export type Report = {
    id: string;
    /**
     * Key of a report definition.
     */
    report: string;
    site: string;
    /**
     * Such as "2026-10-25", by the clock of the site.
     */
    period: string;
    from: string;
    to: string;
    language: 'en' | 'de';
    formats: Array<'json' | 'csv' | 'pdf'>;
    state: 'queued' | 'running' | 'done' | 'failed';
    schedule: number | null;
    attempts: number;
    error: {
        code: string;
        detail: string;
    } | null;
    isComplete: boolean | null;
    share: number | null;
    files: Array<{
        format: 'json' | 'csv' | 'pdf';
        bytes: number;
        checksum: string;
    }>;
    requestedBy: string;
    createdAt: string;
    startedAt: string | null;
    finishedAt: string | null;
    expiresAt: string | null;
};

/**
 * ReportDetail
 */
export type ReportDetail = {
    id: string;
    /**
     * Key of a report definition.
     */
    report: string;
    site: string;
    /**
     * Such as "2026-10-25", by the clock of the site.
     */
    period: string;
    from: string;
    to: string;
    language: 'en' | 'de';
    formats: Array<'json' | 'csv' | 'pdf'>;
    state: 'queued' | 'running' | 'done' | 'failed';
    schedule: number | null;
    attempts: number;
    error: {
        code: string;
        detail: string;
    } | null;
    isComplete: boolean | null;
    share: number | null;
    files: Array<{
        format: 'json' | 'csv' | 'pdf';
        bytes: number;
        checksum: string;
    }>;
    requestedBy: string;
    createdAt: string;
    startedAt: string | null;
    finishedAt: string | null;
    expiresAt: string | null;
    mails: Array<{
        to: string;
        state: 'queued' | 'sent' | 'refused' | 'expired';
        attempts: number;
        error: string | null;
        finishedAt: string | null;
    }>;
};

/**
 * ReportContent
 */
export type ReportContent = {
    version: 1;
    /**
     * Key of a report definition.
     */
    report: string;
    title: string;
    language: 'en' | 'de';
    organization: string;
    site: {
        slug: string;
        name: string;
        region: string | null;
        timeZone: string;
    };
    period: {
        kind: 'hour' | 'day' | 'week' | 'month';
        name: string;
        from: string;
        to: string;
        /**
         * How far readings were looked at.
         */
        until: string;
        /**
         * False: the period was not over.
         */
        isComplete: boolean;
        /**
         * A day may have 23 or 25.
         */
        hours: number;
    };
    generatedAt: string;
    completeness: {
        expected: number | null;
        readings: number;
        share: number | null;
    };
    sections: Array<{
        kind: 'summary' | 'charts' | 'table' | 'alerts' | 'completeness';
        title: string;
        [key: string]: unknown;
    }>;
};

/**
 * ReportSchedule
 */
export type ReportSchedule = {
    id: number;
    name: string;
    /**
     * Key of a report definition.
     */
    report: string;
    /**
     * By the clock of the site. Each time the newest period that is over is reported, once.
     */
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
    language: 'en' | 'de' | null;
    formats: Array<'json' | 'csv' | 'pdf'>;
    /**
     * E-mail addresses that are sent the PDF. Others than confirmed ones of members need `notifications:write`.
     */
    recipients: Array<string>;
    /**
     * Then it is deleted.
     */
    keepDays: number;
    isEnabled: boolean;
    site: string;
    nextDueAt: string | null;
    /**
     * Reports that were not made, because Sluice was down for longer than it makes up for.
     */
    missed: number;
    createdAt: string;
    createdBy: string;
};

/**
 * Overview
 */
export type Overview = {
    at: string;
    organization: string;
    status: string;
    readingsPerSecond: number | null;
    sites: Array<{
        slug: string;
        name: string;
        timeZone: string;
        stop: SiteStop | null;
    }>;
    devices: Array<{
        /**
         * Unique within the organization.
         */
        uid: string;
        name: string;
        site: string;
        profile: string;
        isActive: boolean;
        lastMessageAt: string | null;
        values: Array<{
            metric: string;
            value: number;
            at: string;
            unit: string | null;
            minimum: number | null;
            maximum: number | null;
            precision: number | null;
            /**
             * What is wrong with it, if it cannot be what the sensor measured: no rule acts on it.
             */
            invalid: Array<'range' | 'flatline' | 'spike'>;
        }>;
        actuators: Array<Actuator>;
    }>;
    hasMoreDevices: boolean;
};

/**
 * BulkOutcome
 */
export type BulkOutcome = {
    created: number;
    updated: number;
    skipped: number;
    failed: number;
    items: Array<{
        /**
         * From 0, in the order given.
         */
        index: number;
        uid: string;
        status: 'created' | 'updated' | 'skipped' | 'failed';
        id: number | null;
        /**
         * The device's own token, shown this once.
         */
        token?: string;
        /**
         * Of what failed.
         */
        code?: string;
        message?: string;
    }>;
};

/**
 * AuthorizationServer
 */
export type AuthorizationServer = {
    issuer: string;
    authorization_endpoint: string;
    token_endpoint: string;
    revocation_endpoint: string;
    jwks_uri: string;
    scopes_supported: Array<string>;
    response_types_supported: Array<string>;
    response_modes_supported: Array<string>;
    grant_types_supported: Array<string>;
    token_endpoint_auth_methods_supported: Array<string>;
    revocation_endpoint_auth_methods_supported: Array<string>;
    code_challenge_methods_supported: Array<string>;
    authorization_response_iss_parameter_supported: boolean;
};

/**
 * KeySet
 */
export type KeySet = {
    keys: Array<{
        kty: 'OKP';
        crv: 'Ed25519';
        x: string;
        kid: string;
        alg: string;
        use: 'sig';
    }>;
};

/**
 * OAuthTokens
 */
export type OAuthTokens = {
    access_token: string;
    token_type: 'Bearer';
    /**
     * Seconds that the access token lives.
     */
    expires_in: number;
    /**
     * Good once: each refresh brings the next.
     */
    refresh_token?: string;
    scope?: string;
};

/**
 * OAuthError
 */
export type OAuthError = {
    /**
     * As RFC 6749, section 5.2, names it.
     */
    error: string;
    error_description: string;
};

export type LoginData = {
    body: {
        /**
         * The e-mail address or the user name.
         */
        username: string;
        password: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/login';
};

export type LoginErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type LoginError = LoginErrors[keyof LoginErrors];

export type LoginResponses = {
    /**
     * Done.
     */
    200: TokenPair;
};

export type LoginResponse = LoginResponses[keyof LoginResponses];

export type LoginWithSecondFactorData = {
    body: {
        challenge: string;
        /**
         * Six digits of the app, or a recovery code. Each is good once.
         */
        code: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/login/second-factor';
};

export type LoginWithSecondFactorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type LoginWithSecondFactorError = LoginWithSecondFactorErrors[keyof LoginWithSecondFactorErrors];

export type LoginWithSecondFactorResponses = {
    /**
     * Done.
     */
    200: TokenPair;
};

export type LoginWithSecondFactorResponse = LoginWithSecondFactorResponses[keyof LoginWithSecondFactorResponses];

export type RefreshData = {
    body: {
        refresh_token: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/refresh';
};

export type RefreshErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RefreshError = RefreshErrors[keyof RefreshErrors];

export type RefreshResponses = {
    /**
     * Done.
     */
    200: TokenPair;
};

export type RefreshResponse = RefreshResponses[keyof RefreshResponses];

export type LogoutData = {
    body: {
        refresh_token: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/logout';
};

export type LogoutErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type LogoutError = LogoutErrors[keyof LogoutErrors];

export type LogoutResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type LogoutResponse = LogoutResponses[keyof LogoutResponses];

export type SwitchOrganizationData = {
    body: {
        organization: number;
    };
    path?: never;
    query?: never;
    url: '/api/auth/switch';
};

export type SwitchOrganizationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type SwitchOrganizationError = SwitchOrganizationErrors[keyof SwitchOrganizationErrors];

export type SwitchOrganizationResponses = {
    /**
     * Done.
     */
    200: TokenPair;
};

export type SwitchOrganizationResponse = SwitchOrganizationResponses[keyof SwitchOrganizationResponses];

export type ChangePasswordData = {
    body: {
        current_password: string;
        new_password: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/password';
};

export type ChangePasswordErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ChangePasswordError = ChangePasswordErrors[keyof ChangePasswordErrors];

export type ChangePasswordResponses = {
    /**
     * Done.
     */
    200: TokenPair;
};

export type ChangePasswordResponse = ChangePasswordResponses[keyof ChangePasswordResponses];

export type RegisterData = {
    body: {
        /**
         * Signs in as the e-mail address does; unique in any letter case.
         */
        username: string;
        email: string;
        password: string;
        /**
         * What stands behind `=` in the link.
         */
        invitation?: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/register';
};

export type RegisterErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RegisterError = RegisterErrors[keyof RegisterErrors];

export type RegisterResponses = {
    /**
     * Done.
     */
    201: Registered;
};

export type RegisterResponse = RegisterResponses[keyof RegisterResponses];

export type ConfirmEmailData = {
    body: {
        /**
         * What stands behind `=` in the link.
         */
        token: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/confirm-email';
};

export type ConfirmEmailErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ConfirmEmailError = ConfirmEmailErrors[keyof ConfirmEmailErrors];

export type ConfirmEmailResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type ConfirmEmailResponse = ConfirmEmailResponses[keyof ConfirmEmailResponses];

export type ForgotPasswordData = {
    body: {
        username: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/forgot-password';
};

export type ForgotPasswordErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ForgotPasswordError = ForgotPasswordErrors[keyof ForgotPasswordErrors];

export type ForgotPasswordResponses = {
    /**
     * Done; nothing to tell.
     */
    202: unknown;
};

export type ResetPasswordData = {
    body: {
        /**
         * What stands behind `=` in the link.
         */
        token: string;
        new_password: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/reset-password';
};

export type ResetPasswordErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ResetPasswordError = ResetPasswordErrors[keyof ResetPasswordErrors];

export type ResetPasswordResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type ResetPasswordResponse = ResetPasswordResponses[keyof ResetPasswordResponses];

export type AcceptInvitationData = {
    body: {
        /**
         * What stands behind `=` in the link.
         */
        invitation: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/accept-invitation';
};

export type AcceptInvitationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type AcceptInvitationError = AcceptInvitationErrors[keyof AcceptInvitationErrors];

export type AcceptInvitationResponses = {
    /**
     * Done.
     */
    200: Joined;
};

export type AcceptInvitationResponse = AcceptInvitationResponses[keyof AcceptInvitationResponses];

export type JoinByInvitationData = {
    body: {
        /**
         * What stands behind `=` in the link.
         */
        invitation: string;
        /**
         * The e-mail address or the user name.
         */
        username: string;
        password: string;
        /**
         * Six digits of the app, or a recovery code. Each is good once.
         */
        code?: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/join';
};

export type JoinByInvitationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type JoinByInvitationError = JoinByInvitationErrors[keyof JoinByInvitationErrors];

export type JoinByInvitationResponses = {
    /**
     * Done.
     */
    200: Joined;
};

export type JoinByInvitationResponse = JoinByInvitationResponses[keyof JoinByInvitationResponses];

export type ListRegistrationsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/registrations';
};

export type ListRegistrationsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListRegistrationsError = ListRegistrationsErrors[keyof ListRegistrationsErrors];

export type ListRegistrationsResponses = {
    /**
     * Done.
     */
    200: Array<Registration>;
};

export type ListRegistrationsResponse = ListRegistrationsResponses[keyof ListRegistrationsResponses];

export type ConfirmRegistrationData = {
    body: {
        [key: string]: never;
    };
    path: {
        userId: string;
    };
    query?: never;
    url: '/api/v1/registrations/{userId}/confirm';
};

export type ConfirmRegistrationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ConfirmRegistrationError = ConfirmRegistrationErrors[keyof ConfirmRegistrationErrors];

export type ConfirmRegistrationResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type ConfirmRegistrationResponse = ConfirmRegistrationResponses[keyof ConfirmRegistrationResponses];

export type DeleteRegistrationData = {
    body?: never;
    path: {
        userId: string;
    };
    query?: never;
    url: '/api/v1/registrations/{userId}';
};

export type DeleteRegistrationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteRegistrationError = DeleteRegistrationErrors[keyof DeleteRegistrationErrors];

export type DeleteRegistrationResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteRegistrationResponse = DeleteRegistrationResponses[keyof DeleteRegistrationResponses];

export type GetMeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/me';
};

export type GetMeErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetMeError = GetMeErrors[keyof GetMeErrors];

export type GetMeResponses = {
    /**
     * Done.
     */
    200: Profile;
};

export type GetMeResponse = GetMeResponses[keyof GetMeResponses];

export type UpdateMeData = {
    body: {
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
    };
    path?: never;
    query?: never;
    url: '/api/v1/me';
};

export type UpdateMeErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateMeError = UpdateMeErrors[keyof UpdateMeErrors];

export type UpdateMeResponses = {
    /**
     * Done.
     */
    200: Profile;
};

export type UpdateMeResponse = UpdateMeResponses[keyof UpdateMeResponses];

export type RequestEmailChangeData = {
    body: {
        email: string;
        password: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/me/email';
};

export type RequestEmailChangeErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RequestEmailChangeError = RequestEmailChangeErrors[keyof RequestEmailChangeErrors];

export type RequestEmailChangeResponses = {
    /**
     * Done; nothing to tell.
     */
    202: unknown;
};

export type EnrolSecondFactorData = {
    body: {
        password: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/me/second-factor';
};

export type EnrolSecondFactorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type EnrolSecondFactorError = EnrolSecondFactorErrors[keyof EnrolSecondFactorErrors];

export type EnrolSecondFactorResponses = {
    /**
     * Done.
     */
    201: SecondFactorEnrolment;
};

export type EnrolSecondFactorResponse = EnrolSecondFactorResponses[keyof EnrolSecondFactorResponses];

export type ConfirmSecondFactorData = {
    body: {
        /**
         * Six digits of the app, or a recovery code. Each is good once.
         */
        code: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/me/second-factor/confirm';
};

export type ConfirmSecondFactorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ConfirmSecondFactorError = ConfirmSecondFactorErrors[keyof ConfirmSecondFactorErrors];

export type ConfirmSecondFactorResponses = {
    /**
     * Done.
     */
    200: RecoveryCodes;
};

export type ConfirmSecondFactorResponse = ConfirmSecondFactorResponses[keyof ConfirmSecondFactorResponses];

export type RenewRecoveryCodesData = {
    body: {
        /**
         * Six digits of the app, or a recovery code. Each is good once.
         */
        code: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/me/second-factor/recovery-codes';
};

export type RenewRecoveryCodesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RenewRecoveryCodesError = RenewRecoveryCodesErrors[keyof RenewRecoveryCodesErrors];

export type RenewRecoveryCodesResponses = {
    /**
     * Done.
     */
    200: RecoveryCodes;
};

export type RenewRecoveryCodesResponse = RenewRecoveryCodesResponses[keyof RenewRecoveryCodesResponses];

export type DisableSecondFactorData = {
    body: {
        password: string;
        /**
         * Six digits of the app, or a recovery code. Each is good once.
         */
        code: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/me/second-factor/disable';
};

export type DisableSecondFactorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DisableSecondFactorError = DisableSecondFactorErrors[keyof DisableSecondFactorErrors];

export type DisableSecondFactorResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DisableSecondFactorResponse = DisableSecondFactorResponses[keyof DisableSecondFactorResponses];

export type EndOtherSessionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/me/sessions';
};

export type EndOtherSessionsErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type EndOtherSessionsError = EndOtherSessionsErrors[keyof EndOtherSessionsErrors];

export type EndOtherSessionsResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type EndOtherSessionsResponse = EndOtherSessionsResponses[keyof EndOtherSessionsResponses];

export type ListOwnSessionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/me/sessions';
};

export type ListOwnSessionsErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListOwnSessionsError = ListOwnSessionsErrors[keyof ListOwnSessionsErrors];

export type ListOwnSessionsResponses = {
    /**
     * Done.
     */
    200: Array<Session>;
};

export type ListOwnSessionsResponse = ListOwnSessionsResponses[keyof ListOwnSessionsResponses];

export type EndSessionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/me/sessions/{id}';
};

export type EndSessionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type EndSessionError = EndSessionErrors[keyof EndSessionErrors];

export type EndSessionResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type EndSessionResponse = EndSessionResponses[keyof EndSessionResponses];

export type ListMeIdentitiesData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/me/identities';
};

export type ListMeIdentitiesErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListMeIdentitiesError = ListMeIdentitiesErrors[keyof ListMeIdentitiesErrors];

export type ListMeIdentitiesResponses = {
    /**
     * Done.
     */
    200: Array<Identity>;
};

export type ListMeIdentitiesResponse = ListMeIdentitiesResponses[keyof ListMeIdentitiesResponses];

export type UnlinkIdentityData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/me/identities/{id}';
};

export type UnlinkIdentityErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UnlinkIdentityError = UnlinkIdentityErrors[keyof UnlinkIdentityErrors];

export type UnlinkIdentityResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type UnlinkIdentityResponse = UnlinkIdentityResponses[keyof UnlinkIdentityResponses];

export type ListOrganizationsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/organizations';
};

export type ListOrganizationsErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListOrganizationsError = ListOrganizationsErrors[keyof ListOrganizationsErrors];

export type ListOrganizationsResponses = {
    /**
     * Done.
     */
    200: Array<Membership>;
};

export type ListOrganizationsResponse = ListOrganizationsResponses[keyof ListOrganizationsResponses];

export type CreateOrganizationData = {
    body: {
        name: string;
        slug?: string;
        /**
         * IANA name, of its default site.
         */
        timeZone?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/organizations';
};

export type CreateOrganizationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateOrganizationError = CreateOrganizationErrors[keyof CreateOrganizationErrors];

export type CreateOrganizationResponses = {
    /**
     * Done.
     */
    201: {
        id: number;
        slug: string;
        name: string;
    };
};

export type CreateOrganizationResponse = CreateOrganizationResponses[keyof CreateOrganizationResponses];

export type ListUsersData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/users';
};

export type ListUsersErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListUsersError = ListUsersErrors[keyof ListUsersErrors];

export type ListUsersResponses = {
    /**
     * Done.
     */
    200: Array<User>;
};

export type ListUsersResponse = ListUsersResponses[keyof ListUsersResponses];

export type CreateUserData = {
    body: {
        email: string;
        /**
         * Signs in as the e-mail address does; unique in any letter case.
         */
        username?: string;
        name?: string;
        password?: string;
        roles: Array<'operator' | 'scientist' | 'admin'>;
    };
    path?: never;
    query?: never;
    url: '/api/v1/users';
};

export type CreateUserErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateUserError = CreateUserErrors[keyof CreateUserErrors];

export type CreateUserResponses = {
    /**
     * Done.
     */
    201: CreatedUser;
};

export type CreateUserResponse = CreateUserResponses[keyof CreateUserResponses];

export type DeleteUserData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/users/{id}';
};

export type DeleteUserErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteUserError = DeleteUserErrors[keyof DeleteUserErrors];

export type DeleteUserResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteUserResponse = DeleteUserResponses[keyof DeleteUserResponses];

export type GetUserData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/users/{id}';
};

export type GetUserErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetUserError = GetUserErrors[keyof GetUserErrors];

export type GetUserResponses = {
    /**
     * Done.
     */
    200: User;
};

export type GetUserResponse = GetUserResponses[keyof GetUserResponses];

export type UpdateUserData = {
    body: {
        name?: string;
        roles?: Array<'operator' | 'scientist' | 'admin'>;
        isActive?: boolean;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/users/{id}';
};

export type UpdateUserErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateUserError = UpdateUserErrors[keyof UpdateUserErrors];

export type UpdateUserResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UpdateUserResponse = UpdateUserResponses[keyof UpdateUserResponses];

export type EndSessionsOfUserData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/users/{id}/sessions';
};

export type EndSessionsOfUserErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type EndSessionsOfUserError = EndSessionsOfUserErrors[keyof EndSessionsOfUserErrors];

export type EndSessionsOfUserResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type EndSessionsOfUserResponse = EndSessionsOfUserResponses[keyof EndSessionsOfUserResponses];

export type ResetSecondFactorOfUserData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/users/{id}/second-factor';
};

export type ResetSecondFactorOfUserErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ResetSecondFactorOfUserError = ResetSecondFactorOfUserErrors[keyof ResetSecondFactorOfUserErrors];

export type ResetSecondFactorOfUserResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type ResetSecondFactorOfUserResponse = ResetSecondFactorOfUserResponses[keyof ResetSecondFactorOfUserResponses];

export type ListInvitationsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/invitations';
};

export type ListInvitationsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListInvitationsError = ListInvitationsErrors[keyof ListInvitationsErrors];

export type ListInvitationsResponses = {
    /**
     * Done.
     */
    200: Array<Invitation>;
};

export type ListInvitationsResponse = ListInvitationsResponses[keyof ListInvitationsResponses];

export type CreateInvitationData = {
    body: {
        email: string;
        roles: Array<'operator' | 'scientist' | 'admin'>;
    };
    path?: never;
    query?: never;
    url: '/api/v1/invitations';
};

export type CreateInvitationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateInvitationError = CreateInvitationErrors[keyof CreateInvitationErrors];

export type CreateInvitationResponses = {
    /**
     * Done.
     */
    201: CreatedInvitation;
};

export type CreateInvitationResponse = CreateInvitationResponses[keyof CreateInvitationResponses];

export type RevokeInvitationData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/invitations/{id}';
};

export type RevokeInvitationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RevokeInvitationError = RevokeInvitationErrors[keyof RevokeInvitationErrors];

export type RevokeInvitationResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type RevokeInvitationResponse = RevokeInvitationResponses[keyof RevokeInvitationResponses];

export type GetOrganizationData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/organization';
};

export type GetOrganizationErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetOrganizationError = GetOrganizationErrors[keyof GetOrganizationErrors];

export type GetOrganizationResponses = {
    /**
     * Done.
     */
    200: {
        id: number;
        slug: string;
        name: string;
        /**
         * ISO 4217.
         */
        currency: string;
        defaultSite: string | null;
        createdAt: string;
    };
};

export type GetOrganizationResponse = GetOrganizationResponses[keyof GetOrganizationResponses];

export type UpdateOrganizationData = {
    body: {
        name?: string;
        /**
         * ISO 4217.
         */
        currency?: string;
        defaultSite?: string;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/organization';
};

export type UpdateOrganizationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateOrganizationError = UpdateOrganizationErrors[keyof UpdateOrganizationErrors];

export type UpdateOrganizationResponses = {
    /**
     * Done.
     */
    200: {
        id: number;
        slug: string;
        name: string;
        /**
         * ISO 4217.
         */
        currency: string;
        defaultSite: string | null;
        createdAt: string;
    };
};

export type UpdateOrganizationResponse = UpdateOrganizationResponses[keyof UpdateOrganizationResponses];

export type ListSitesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Part of the name, in any case.
         */
        search?: string;
        region?: string;
    };
    url: '/api/v1/sites';
};

export type ListSitesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListSitesError = ListSitesErrors[keyof ListSitesErrors];

export type ListSitesResponses = {
    /**
     * Done.
     */
    200: Array<Site>;
};

export type ListSitesResponse = ListSitesResponses[keyof ListSitesResponses];

export type CreateSiteData = {
    body: {
        name: string;
        slug?: string;
        region?: string | null;
        latitude?: number | null;
        longitude?: number | null;
        /**
         * IANA name, such as "Europe/Berlin".
         */
        timeZone: string;
        /**
         * Of what is written for people, such as reports.
         */
        language?: 'en' | 'de';
    };
    path?: never;
    query?: never;
    url: '/api/v1/sites';
};

export type CreateSiteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateSiteError = CreateSiteErrors[keyof CreateSiteErrors];

export type CreateSiteResponses = {
    /**
     * Done.
     */
    201: Site;
};

export type CreateSiteResponse = CreateSiteResponses[keyof CreateSiteResponses];

export type DeleteSiteData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its slug.
         */
        site: string;
    };
    query?: never;
    url: '/api/v1/sites/{site}';
};

export type DeleteSiteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteSiteError = DeleteSiteErrors[keyof DeleteSiteErrors];

export type DeleteSiteResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteSiteResponse = DeleteSiteResponses[keyof DeleteSiteResponses];

export type GetSiteData = {
    body?: never;
    path: {
        /**
         * Its slug.
         */
        site: string;
    };
    query?: never;
    url: '/api/v1/sites/{site}';
};

export type GetSiteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetSiteError = GetSiteErrors[keyof GetSiteErrors];

export type GetSiteResponses = {
    /**
     * Done.
     */
    200: Site;
};

export type GetSiteResponse = GetSiteResponses[keyof GetSiteResponses];

export type UpdateSiteData = {
    body: {
        name?: string;
        region?: string | null;
        latitude?: number | null;
        longitude?: number | null;
        /**
         * IANA name, such as "Europe/Berlin".
         */
        timeZone?: string;
        /**
         * Of what is written for people, such as reports.
         */
        language?: 'en' | 'de';
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its slug.
         */
        site: string;
    };
    query?: never;
    url: '/api/v1/sites/{site}';
};

export type UpdateSiteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateSiteError = UpdateSiteErrors[keyof UpdateSiteErrors];

export type UpdateSiteResponses = {
    /**
     * Done.
     */
    200: Site;
};

export type UpdateSiteResponse = UpdateSiteResponses[keyof UpdateSiteResponses];

export type StopSiteData = {
    body: {
        reason?: string;
    };
    headers?: {
        /**
         * The same key with the same body has the same answer and does nothing anew; with another body it is a 422.
         */
        'idempotency-key'?: string;
    };
    path: {
        /**
         * Its slug or number.
         */
        site: string;
    };
    query?: never;
    url: '/api/v1/sites/{site}/stop';
};

export type StopSiteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type StopSiteError = StopSiteErrors[keyof StopSiteErrors];

export type StopSiteResponses = {
    /**
     * Done.
     */
    200: StoppedSite;
};

export type StopSiteResponse = StopSiteResponses[keyof StopSiteResponses];

export type ReleaseSiteData = {
    body: {
        [key: string]: never;
    };
    headers?: {
        /**
         * The same key with the same body has the same answer and does nothing anew; with another body it is a 422.
         */
        'idempotency-key'?: string;
    };
    path: {
        /**
         * Its slug or number.
         */
        site: string;
    };
    query?: never;
    url: '/api/v1/sites/{site}/release';
};

export type ReleaseSiteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ReleaseSiteError = ReleaseSiteErrors[keyof ReleaseSiteErrors];

export type ReleaseSiteResponses = {
    /**
     * Done.
     */
    200: StoppedSite;
};

export type ReleaseSiteResponse = ReleaseSiteResponses[keyof ReleaseSiteResponses];

export type ListAssetsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        site?: string;
        /**
         * zone, pond, home, plant: the field's own word.
         */
        kind?: string;
        parent?: number;
        /**
         * Part of the name, in any case.
         */
        search?: string;
    };
    url: '/api/v1/assets';
};

export type ListAssetsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAssetsError = ListAssetsErrors[keyof ListAssetsErrors];

export type ListAssetsResponses = {
    /**
     * Done.
     */
    200: Array<Asset>;
};

export type ListAssetsResponse = ListAssetsResponses[keyof ListAssetsResponses];

export type CreateAssetData = {
    body: {
        /**
         * zone, pond, home, plant: the field's own word.
         */
        kind: string;
        name: string;
        site?: string | number;
        parent?: number;
        /**
         * Free facts: a JSON object.
         */
        properties?: {
            [key: string]: unknown;
        };
    };
    path?: never;
    query?: never;
    url: '/api/v1/assets';
};

export type CreateAssetErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateAssetError = CreateAssetErrors[keyof CreateAssetErrors];

export type CreateAssetResponses = {
    /**
     * Done.
     */
    201: Asset;
};

export type CreateAssetResponse = CreateAssetResponses[keyof CreateAssetResponses];

export type ListAssetsTreeData = {
    body?: never;
    path?: never;
    query?: {
        site?: string;
        root?: number;
    };
    url: '/api/v1/assets/tree';
};

export type ListAssetsTreeErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAssetsTreeError = ListAssetsTreeErrors[keyof ListAssetsTreeErrors];

export type ListAssetsTreeResponses = {
    /**
     * Done.
     */
    200: Array<{
        id: number;
        /**
         * zone, pond, home, plant: the field's own word.
         */
        kind: string;
        name: string;
        site: string;
        siteId: number;
        parent: number | null;
        /**
         * Free facts: a JSON object.
         */
        properties: {
            [key: string]: unknown;
        };
        createdAt: string;
        depth: number;
        /**
         * That stand at it, and not below it.
         */
        devices: number;
    }>;
};

export type ListAssetsTreeResponse = ListAssetsTreeResponses[keyof ListAssetsTreeResponses];

export type DeleteAssetData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        asset: number;
    };
    query?: never;
    url: '/api/v1/assets/{asset}';
};

export type DeleteAssetErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteAssetError = DeleteAssetErrors[keyof DeleteAssetErrors];

export type DeleteAssetResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteAssetResponse = DeleteAssetResponses[keyof DeleteAssetResponses];

export type GetAssetData = {
    body?: never;
    path: {
        asset: number;
    };
    query?: never;
    url: '/api/v1/assets/{asset}';
};

export type GetAssetErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAssetError = GetAssetErrors[keyof GetAssetErrors];

export type GetAssetResponses = {
    /**
     * Done.
     */
    200: Asset;
};

export type GetAssetResponse = GetAssetResponses[keyof GetAssetResponses];

export type UpdateAssetData = {
    body: {
        /**
         * zone, pond, home, plant: the field's own word.
         */
        kind?: string;
        name?: string;
        parent?: number | null;
        /**
         * Free facts: a JSON object.
         */
        properties?: {
            [key: string]: unknown;
        };
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        asset: number;
    };
    query?: never;
    url: '/api/v1/assets/{asset}';
};

export type UpdateAssetErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateAssetError = UpdateAssetErrors[keyof UpdateAssetErrors];

export type UpdateAssetResponses = {
    /**
     * Done.
     */
    200: Asset;
};

export type UpdateAssetResponse = UpdateAssetResponses[keyof UpdateAssetResponses];

export type ListAssetEventsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        kind?: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
        asset?: number;
        /**
         * Unique within the organization.
         */
        device?: string;
        /**
         * A site's slug.
         */
        site?: string;
    };
    url: '/api/v1/asset-events';
};

export type ListAssetEventsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAssetEventsError = ListAssetEventsErrors[keyof ListAssetEventsErrors];

export type ListAssetEventsResponses = {
    /**
     * Done.
     */
    200: Array<AssetEvent>;
};

export type ListAssetEventsResponse = ListAssetEventsResponses[keyof ListAssetEventsResponses];

export type CreateAssetEventData = {
    body: {
        kind: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        asset?: number;
        /**
         * Unique within the organization.
         */
        device?: string;
        at: string;
        /**
         * feeding: grams, feed. calibration: metric, method, reference, before, after. lab-sample: values (name → number), laboratory, sample, method. harvest: kilograms, pieces. note: none.
         */
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
    };
    path?: never;
    query?: never;
    url: '/api/v1/asset-events';
};

export type CreateAssetEventErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateAssetEventError = CreateAssetEventErrors[keyof CreateAssetEventErrors];

export type CreateAssetEventResponses = {
    /**
     * Done.
     */
    201: AssetEvent;
};

export type CreateAssetEventResponse = CreateAssetEventResponses[keyof CreateAssetEventResponses];

export type ListEventsOfAssetData = {
    body?: never;
    path: {
        asset: number;
    };
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        kind?: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
    };
    url: '/api/v1/assets/{asset}/events';
};

export type ListEventsOfAssetErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListEventsOfAssetError = ListEventsOfAssetErrors[keyof ListEventsOfAssetErrors];

export type ListEventsOfAssetResponses = {
    /**
     * Done.
     */
    200: Array<AssetEvent>;
};

export type ListEventsOfAssetResponse = ListEventsOfAssetResponses[keyof ListEventsOfAssetResponses];

export type ListDeviceEventsData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        kind?: 'feeding' | 'calibration' | 'lab-sample' | 'harvest' | 'note';
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
    };
    url: '/api/v1/devices/{uid}/events';
};

export type ListDeviceEventsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDeviceEventsError = ListDeviceEventsErrors[keyof ListDeviceEventsErrors];

export type ListDeviceEventsResponses = {
    /**
     * Done.
     */
    200: Array<AssetEvent>;
};

export type ListDeviceEventsResponse = ListDeviceEventsResponses[keyof ListDeviceEventsResponses];

export type DeleteAssetEventData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        event: number;
    };
    query?: never;
    url: '/api/v1/asset-events/{event}';
};

export type DeleteAssetEventErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteAssetEventError = DeleteAssetEventErrors[keyof DeleteAssetEventErrors];

export type DeleteAssetEventResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteAssetEventResponse = DeleteAssetEventResponses[keyof DeleteAssetEventResponses];

export type GetAssetEventData = {
    body?: never;
    path: {
        event: number;
    };
    query?: never;
    url: '/api/v1/asset-events/{event}';
};

export type GetAssetEventErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAssetEventError = GetAssetEventErrors[keyof GetAssetEventErrors];

export type GetAssetEventResponses = {
    /**
     * Done.
     */
    200: AssetEvent;
};

export type GetAssetEventResponse = GetAssetEventResponses[keyof GetAssetEventResponses];

export type UpdateAssetEventData = {
    body: {
        at?: string;
        /**
         * feeding: grams, feed. calibration: metric, method, reference, before, after. lab-sample: values (name → number), laboratory, sample, method. harvest: kilograms, pieces. note: none.
         */
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
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        event: number;
    };
    query?: never;
    url: '/api/v1/asset-events/{event}';
};

export type UpdateAssetEventErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateAssetEventError = UpdateAssetEventErrors[keyof UpdateAssetEventErrors];

export type UpdateAssetEventResponses = {
    /**
     * Done.
     */
    200: AssetEvent;
};

export type UpdateAssetEventResponse = UpdateAssetEventResponses[keyof UpdateAssetEventResponses];

export type ListTariffsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Those of the site itself.
         */
        site?: string;
        /**
         * A day, by the clock of the site.
         */
        on?: string;
    };
    url: '/api/v1/tariffs';
};

export type ListTariffsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListTariffsError = ListTariffsErrors[keyof ListTariffsErrors];

export type ListTariffsResponses = {
    /**
     * Done.
     */
    200: Array<Tariff>;
};

export type ListTariffsResponse = ListTariffsResponses[keyof ListTariffsResponses];

export type CreateTariffData = {
    body: {
        name: string;
        /**
         * ISO 4217.
         */
        currency?: string;
        /**
         * A day, by the clock of the site.
         */
        validFrom: string;
        validUntil?: string | null;
        /**
         * By the clock on the wall of the site. `to` before `from` is on the next day. Together they give every minute of a week one price, in every month.
         */
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
        /**
         * What is added to the price of every kilowatt hour of a month above so many; rising.
         */
        tiers?: Array<{
            aboveKwh: number;
            addedPrice: number;
        }>;
        /**
         * For a kilowatt hour fed in.
         */
        feedInPrice?: number;
        standingChargePerDay?: number;
        site?: string | null;
    };
    path?: never;
    query?: never;
    url: '/api/v1/tariffs';
};

export type CreateTariffErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateTariffError = CreateTariffErrors[keyof CreateTariffErrors];

export type CreateTariffResponses = {
    /**
     * Done.
     */
    201: Tariff;
};

export type CreateTariffResponse = CreateTariffResponses[keyof CreateTariffResponses];

export type DeleteTariffData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        tariff: number;
    };
    query?: never;
    url: '/api/v1/tariffs/{tariff}';
};

export type DeleteTariffErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteTariffError = DeleteTariffErrors[keyof DeleteTariffErrors];

export type DeleteTariffResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteTariffResponse = DeleteTariffResponses[keyof DeleteTariffResponses];

export type GetTariffData = {
    body?: never;
    path: {
        tariff: number;
    };
    query?: never;
    url: '/api/v1/tariffs/{tariff}';
};

export type GetTariffErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetTariffError = GetTariffErrors[keyof GetTariffErrors];

export type GetTariffResponses = {
    /**
     * Done.
     */
    200: Tariff;
};

export type GetTariffResponse = GetTariffResponses[keyof GetTariffResponses];

export type UpdateTariffData = {
    body: {
        name?: string;
        /**
         * ISO 4217.
         */
        currency?: string;
        /**
         * A day, by the clock of the site.
         */
        validFrom?: string;
        validUntil?: string | null;
        /**
         * By the clock on the wall of the site. `to` before `from` is on the next day. Together they give every minute of a week one price, in every month.
         */
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
        /**
         * What is added to the price of every kilowatt hour of a month above so many; rising.
         */
        tiers?: Array<{
            aboveKwh: number;
            addedPrice: number;
        }>;
        /**
         * For a kilowatt hour fed in.
         */
        feedInPrice?: number;
        standingChargePerDay?: number;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        tariff: number;
    };
    query?: never;
    url: '/api/v1/tariffs/{tariff}';
};

export type UpdateTariffErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateTariffError = UpdateTariffErrors[keyof UpdateTariffErrors];

export type UpdateTariffResponses = {
    /**
     * Done.
     */
    200: Tariff;
};

export type UpdateTariffResponse = UpdateTariffResponses[keyof UpdateTariffResponses];

export type ListProfilesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Part of the name, in any case.
         */
        search?: string;
    };
    url: '/api/v1/profiles';
};

export type ListProfilesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListProfilesError = ListProfilesErrors[keyof ListProfilesErrors];

export type ListProfilesResponses = {
    /**
     * Done.
     */
    200: Array<{
        id: number;
        key: string;
        name: string;
        isBuiltIn: boolean;
        readingsPerSecond: number;
        readingsBurst: number;
        createdAt: string;
    }>;
};

export type ListProfilesResponse = ListProfilesResponses[keyof ListProfilesResponses];

export type CreateProfileData = {
    body: {
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
    };
    path?: never;
    query?: never;
    url: '/api/v1/profiles';
};

export type CreateProfileErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateProfileError = CreateProfileErrors[keyof CreateProfileErrors];

export type CreateProfileResponses = {
    /**
     * Done.
     */
    201: ProfileDetail;
};

export type CreateProfileResponse = CreateProfileResponses[keyof CreateProfileResponses];

export type DeleteProfileData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}';
};

export type DeleteProfileErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteProfileError = DeleteProfileErrors[keyof DeleteProfileErrors];

export type DeleteProfileResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteProfileResponse = DeleteProfileResponses[keyof DeleteProfileResponses];

export type GetProfileData = {
    body?: never;
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}';
};

export type GetProfileErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetProfileError = GetProfileErrors[keyof GetProfileErrors];

export type GetProfileResponses = {
    /**
     * Done.
     */
    200: ProfileDetail;
};

export type GetProfileResponse = GetProfileResponses[keyof GetProfileResponses];

export type UpdateProfileData = {
    body: {
        name?: string;
        readingsPerSecond?: number;
        readingsBurst?: number;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}';
};

export type UpdateProfileErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateProfileError = UpdateProfileErrors[keyof UpdateProfileErrors];

export type UpdateProfileResponses = {
    /**
     * Done.
     */
    200: ProfileDetail;
};

export type UpdateProfileResponse = UpdateProfileResponses[keyof UpdateProfileResponses];

export type ListProfileMetricsData = {
    body?: never;
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}/metrics';
};

export type ListProfileMetricsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListProfileMetricsError = ListProfileMetricsErrors[keyof ListProfileMetricsErrors];

export type ListProfileMetricsResponses = {
    /**
     * Done.
     */
    200: Array<Metric>;
};

export type ListProfileMetricsResponse = ListProfileMetricsResponses[keyof ListProfileMetricsResponses];

export type GetProfileMetricData = {
    body?: never;
    path: {
        /**
         * Its key.
         */
        profile: string;
        metric: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}/metrics/{metric}';
};

export type GetProfileMetricErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetProfileMetricError = GetProfileMetricErrors[keyof GetProfileMetricErrors];

export type GetProfileMetricResponses = {
    /**
     * Done.
     */
    200: Metric;
};

export type GetProfileMetricResponse = GetProfileMetricResponses[keyof GetProfileMetricResponses];

export type PutProfileMetricData = {
    body: {
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
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its key.
         */
        profile: string;
        metric: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}/metrics/{metric}';
};

export type PutProfileMetricErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PutProfileMetricError = PutProfileMetricErrors[keyof PutProfileMetricErrors];

export type PutProfileMetricResponses = {
    /**
     * Done.
     */
    200: Metric;
};

export type PutProfileMetricResponse = PutProfileMetricResponses[keyof PutProfileMetricResponses];

export type ListDevicesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        site?: string;
        profile?: string;
        asset?: number;
        status?: 'active' | 'inactive';
        /**
         * Part of the uid or the name.
         */
        search?: string;
    };
    url: '/api/v1/devices';
};

export type ListDevicesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDevicesError = ListDevicesErrors[keyof ListDevicesErrors];

export type ListDevicesResponses = {
    /**
     * Done.
     */
    200: Array<Device>;
};

export type ListDevicesResponse = ListDevicesResponses[keyof ListDevicesResponses];

export type RegisterDeviceData = {
    body: {
        /**
         * Unique within the organization.
         */
        uid: string;
        name?: string;
        profile: string;
        /**
         * A site's slug or number.
         */
        site?: string | number;
        asset?: number;
        /**
         * Uid of the gateway that may speak for the device.
         */
        gateway?: string;
        /**
         * Free facts: a JSON object.
         */
        properties?: {
            [key: string]: unknown;
        };
    };
    path?: never;
    query?: never;
    url: '/api/v1/devices';
};

export type RegisterDeviceErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RegisterDeviceError = RegisterDeviceErrors[keyof RegisterDeviceErrors];

export type RegisterDeviceResponses = {
    /**
     * Done.
     */
    201: {
        id: number;
        /**
         * Unique within the organization.
         */
        uid: string;
        name: string;
        profile: string;
        site: string;
        siteId: number;
        asset: number | null;
        status: 'active' | 'inactive';
        /**
         * Free facts: a JSON object.
         */
        properties: {
            [key: string]: unknown;
        };
        createdAt: string;
        gateway: string | null;
        gatewaySince: string | null;
        /**
         * The device's own token, shown this once.
         */
        token: string;
    };
};

export type RegisterDeviceResponse = RegisterDeviceResponses[keyof RegisterDeviceResponses];

export type DeactivateDeviceData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}';
};

export type DeactivateDeviceErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeactivateDeviceError = DeactivateDeviceErrors[keyof DeactivateDeviceErrors];

export type DeactivateDeviceResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeactivateDeviceResponse = DeactivateDeviceResponses[keyof DeactivateDeviceResponses];

export type GetDeviceData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}';
};

export type GetDeviceErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetDeviceError = GetDeviceErrors[keyof GetDeviceErrors];

export type GetDeviceResponses = {
    /**
     * Done.
     */
    200: Device;
};

export type GetDeviceResponse = GetDeviceResponses[keyof GetDeviceResponses];

export type UpdateDeviceData = {
    body: {
        name?: string;
        status?: 'active' | 'inactive';
        /**
         * A site's slug or number.
         */
        site?: string | number;
        asset?: number | null;
        gateway?: string | null;
        /**
         * Free facts: a JSON object.
         */
        properties?: {
            [key: string]: unknown;
        };
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}';
};

export type UpdateDeviceErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateDeviceError = UpdateDeviceErrors[keyof UpdateDeviceErrors];

export type UpdateDeviceResponses = {
    /**
     * Done.
     */
    200: Device;
};

export type UpdateDeviceResponse = UpdateDeviceResponses[keyof UpdateDeviceResponses];

export type ListDeviceDevicesData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/devices/{uid}/devices';
};

export type ListDeviceDevicesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDeviceDevicesError = ListDeviceDevicesErrors[keyof ListDeviceDevicesErrors];

export type ListDeviceDevicesResponses = {
    /**
     * Done.
     */
    200: Array<Device>;
};

export type ListDeviceDevicesResponse = ListDeviceDevicesResponses[keyof ListDeviceDevicesResponses];

export type DeleteDeviceTokenData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/token';
};

export type DeleteDeviceTokenErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteDeviceTokenError = DeleteDeviceTokenErrors[keyof DeleteDeviceTokenErrors];

export type DeleteDeviceTokenResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteDeviceTokenResponse = DeleteDeviceTokenResponses[keyof DeleteDeviceTokenResponses];

export type RotateDeviceTokenData = {
    body: {
        /**
         * How long the old token goes on working.
         */
        overlapSeconds?: number;
        /**
         * Whether the overlap is over as soon as the new token is used.
         */
        endsOldOnFirstUse?: boolean;
    };
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/token';
};

export type RotateDeviceTokenErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RotateDeviceTokenError = RotateDeviceTokenErrors[keyof RotateDeviceTokenErrors];

export type RotateDeviceTokenResponses = {
    /**
     * Done.
     */
    201: RotatedDeviceToken;
};

export type RotateDeviceTokenResponse = RotateDeviceTokenResponses[keyof RotateDeviceTokenResponses];

export type ListDeviceCertificatesData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/certificates';
};

export type ListDeviceCertificatesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDeviceCertificatesError = ListDeviceCertificatesErrors[keyof ListDeviceCertificatesErrors];

export type ListDeviceCertificatesResponses = {
    /**
     * Done.
     */
    200: Array<DeviceCertificate>;
};

export type ListDeviceCertificatesResponse = ListDeviceCertificatesResponses[keyof ListDeviceCertificatesResponses];

export type CreateDeviceCertificateData = {
    body: {
        /**
         * One X.509 certificate in PEM.
         */
        certificate: string;
    };
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/certificates';
};

export type CreateDeviceCertificateErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateDeviceCertificateError = CreateDeviceCertificateErrors[keyof CreateDeviceCertificateErrors];

export type CreateDeviceCertificateResponses = {
    /**
     * Done.
     */
    201: DeviceCertificate;
};

export type CreateDeviceCertificateResponse = CreateDeviceCertificateResponses[keyof CreateDeviceCertificateResponses];

export type DeleteDeviceCertificateData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
        /**
         * SHA-256 of the certificate's DER, as `openssl x509 -noout -fingerprint -sha256` says it, without colons.
         */
        fingerprint: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/certificates/{fingerprint}';
};

export type DeleteDeviceCertificateErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteDeviceCertificateError = DeleteDeviceCertificateErrors[keyof DeleteDeviceCertificateErrors];

export type DeleteDeviceCertificateResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteDeviceCertificateResponse = DeleteDeviceCertificateResponses[keyof DeleteDeviceCertificateResponses];

export type ListClaimsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/claims';
};

export type ListClaimsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListClaimsError = ListClaimsErrors[keyof ListClaimsErrors];

export type ListClaimsResponses = {
    /**
     * Done.
     */
    200: Array<DeviceClaim>;
};

export type ListClaimsResponse = ListClaimsResponses[keyof ListClaimsResponses];

export type CreateClaimData = {
    body: {
        profile: string;
        /**
         * A site's slug or number.
         */
        site?: string | number;
        asset?: number;
        /**
         * The only device that may be claimed; one that is registered gets a new token by it, which takes `registry:write`.
         */
        uid?: string;
        expiresAt?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/claims';
};

export type CreateClaimErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateClaimError = CreateClaimErrors[keyof CreateClaimErrors];

export type CreateClaimResponses = {
    /**
     * Done.
     */
    201: NewDeviceClaim;
};

export type CreateClaimResponse = CreateClaimResponses[keyof CreateClaimResponses];

export type DeleteClaimData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/claims/{id}';
};

export type DeleteClaimErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteClaimError = DeleteClaimErrors[keyof DeleteClaimErrors];

export type DeleteClaimResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteClaimResponse = DeleteClaimResponses[keyof DeleteClaimResponses];

export type ClaimDeviceData = {
    body: {
        /**
         * In any case, with or without its hyphens.
         */
        code: string;
        /**
         * The device's own, unless the code names it.
         */
        uid?: string;
        /**
         * One X.509 certificate in PEM, by which the device will prove itself over MQTT with TLS.
         */
        certificate?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/devices/claim';
};

export type ClaimDeviceErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ClaimDeviceError = ClaimDeviceErrors[keyof ClaimDeviceErrors];

export type ClaimDeviceResponses = {
    /**
     * Done.
     */
    201: ClaimedDevice;
};

export type ClaimDeviceResponse = ClaimDeviceResponses[keyof ClaimDeviceResponses];

export type ListDevicesExportData = {
    body?: never;
    path?: never;
    query?: {
        site?: string;
        profile?: string;
    };
    url: '/api/v1/devices/export';
};

export type ListDevicesExportErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDevicesExportError = ListDevicesExportErrors[keyof ListDevicesExportErrors];

export type ListDevicesExportResponses = {
    /**
     * The devices, in the order in which they were registered.
     */
    200: Array<Device>;
};

export type ListDevicesExportResponse = ListDevicesExportResponses[keyof ListDevicesExportResponses];

export type ListClientsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        entity?: string;
    };
    url: '/api/v1/clients';
};

export type ListClientsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListClientsError = ListClientsErrors[keyof ListClientsErrors];

export type ListClientsResponses = {
    /**
     * Done.
     */
    200: Array<Client>;
};

export type ListClientsResponse = ListClientsResponses[keyof ListClientsResponses];

export type CreateClientData = {
    body: {
        name: string;
        scopes: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
        entity?: string;
        limits?: {
            perSecond: number;
            burst: number;
        } | null;
        expiresAt?: string | null;
    };
    path?: never;
    query?: never;
    url: '/api/v1/clients';
};

export type CreateClientErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateClientError = CreateClientErrors[keyof CreateClientErrors];

export type CreateClientResponses = {
    /**
     * Done.
     */
    201: {
        /**
         * Also its `client_id` at the token endpoint.
         */
        id: string;
        name: string;
        scopes: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
        entity: string | null;
        limits: {
            perSecond: number;
            burst: number;
        } | null;
        createdAt: string;
        expiresAt: string | null;
        lastUsedAt: string | null;
        revokedAt: string | null;
        /**
         * A long-lived key, shown this once.
         */
        token: string;
        /**
         * With the id it is exchanged for access tokens at `/oauth2/token`; shown this once.
         */
        clientSecret: string;
    };
};

export type CreateClientResponse = CreateClientResponses[keyof CreateClientResponses];

export type RevokeClientData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/clients/{id}';
};

export type RevokeClientErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RevokeClientError = RevokeClientErrors[keyof RevokeClientErrors];

export type RevokeClientResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type RevokeClientResponse = RevokeClientResponses[keyof RevokeClientResponses];

export type GetClientData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/clients/{id}';
};

export type GetClientErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetClientError = GetClientErrors[keyof GetClientErrors];

export type GetClientResponses = {
    /**
     * Done.
     */
    200: Client;
};

export type GetClientResponse = GetClientResponses[keyof GetClientResponses];

export type UpdateClientData = {
    body: {
        name?: string;
        scopes?: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
        limits?: {
            perSecond: number;
            burst: number;
        } | null;
        expiresAt?: string | null;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/clients/{id}';
};

export type UpdateClientErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateClientError = UpdateClientErrors[keyof UpdateClientErrors];

export type UpdateClientResponses = {
    /**
     * Done.
     */
    200: Client;
};

export type UpdateClientResponse = UpdateClientResponses[keyof UpdateClientResponses];

export type RotateClientData = {
    body: {
        overlapSeconds?: number;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/clients/{id}/rotate';
};

export type RotateClientErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RotateClientError = RotateClientErrors[keyof RotateClientErrors];

export type RotateClientResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Also its `client_id` at the token endpoint.
         */
        id: string;
        name: string;
        scopes: Array<'registry:read' | 'registry:write' | 'events:write' | 'devices:provision' | 'telemetry:read' | 'telemetry:export' | 'analysis:run' | 'reports:read' | 'reports:run' | 'actuation:read' | 'commands:send' | 'actuation:configure' | 'automation:read' | 'automation:operate' | 'automation:write' | 'alerts:read' | 'alerts:operate' | 'notifications:read' | 'notifications:write' | 'deliveries:read' | 'ingest:inspect' | 'metrics:read' | 'audit:read' | 'configuration:manage' | 'ingest' | 'external:read'>;
        entity: string | null;
        limits: {
            perSecond: number;
            burst: number;
        } | null;
        createdAt: string;
        expiresAt: string | null;
        lastUsedAt: string | null;
        revokedAt: string | null;
        /**
         * A long-lived key, shown this once.
         */
        token: string;
        /**
         * With the id it is exchanged for access tokens at `/oauth2/token`; shown this once.
         */
        clientSecret: string;
        previousUntil: string;
    };
};

export type RotateClientResponse = RotateClientResponses[keyof RotateClientResponses];

export type ListEntitiesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/entities';
};

export type ListEntitiesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListEntitiesError = ListEntitiesErrors[keyof ListEntitiesErrors];

export type ListEntitiesResponses = {
    /**
     * Done.
     */
    200: Array<Entity>;
};

export type ListEntitiesResponse = ListEntitiesResponses[keyof ListEntitiesResponses];

export type CreateEntityData = {
    body: {
        name: string;
        slug?: string;
        /**
         * Slugs of the sites that it may read.
         */
        sites?: Array<string>;
    };
    path?: never;
    query?: never;
    url: '/api/v1/entities';
};

export type CreateEntityErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateEntityError = CreateEntityErrors[keyof CreateEntityErrors];

export type CreateEntityResponses = {
    /**
     * Done.
     */
    201: Entity;
};

export type CreateEntityResponse = CreateEntityResponses[keyof CreateEntityResponses];

export type DeleteEntityData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its slug or number.
         */
        entity: string;
    };
    query?: never;
    url: '/api/v1/entities/{entity}';
};

export type DeleteEntityErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteEntityError = DeleteEntityErrors[keyof DeleteEntityErrors];

export type DeleteEntityResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteEntityResponse = DeleteEntityResponses[keyof DeleteEntityResponses];

export type GetEntityData = {
    body?: never;
    path: {
        /**
         * Its slug or number.
         */
        entity: string;
    };
    query?: never;
    url: '/api/v1/entities/{entity}';
};

export type GetEntityErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetEntityError = GetEntityErrors[keyof GetEntityErrors];

export type GetEntityResponses = {
    /**
     * Done.
     */
    200: Entity;
};

export type GetEntityResponse = GetEntityResponses[keyof GetEntityResponses];

export type UpdateEntityData = {
    body: {
        name?: string;
        /**
         * Slugs of the sites that it may read.
         */
        sites?: Array<string>;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its slug or number.
         */
        entity: string;
    };
    query?: never;
    url: '/api/v1/entities/{entity}';
};

export type UpdateEntityErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateEntityError = UpdateEntityErrors[keyof UpdateEntityErrors];

export type UpdateEntityResponses = {
    /**
     * Done.
     */
    200: Entity;
};

export type UpdateEntityResponse = UpdateEntityResponses[keyof UpdateEntityResponses];

export type ListApplicationsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/applications';
};

export type ListApplicationsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListApplicationsError = ListApplicationsErrors[keyof ListApplicationsErrors];

export type ListApplicationsResponses = {
    /**
     * Done.
     */
    200: Array<Application>;
};

export type ListApplicationsResponse = ListApplicationsResponses[keyof ListApplicationsResponses];

export type CreateApplicationData = {
    body: {
        name: string;
        /**
         * https, or http to 127.0.0.1, [::1] or localhost, where any port will do.
         */
        redirectUris: Array<string>;
    };
    path?: never;
    query?: never;
    url: '/api/v1/applications';
};

export type CreateApplicationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateApplicationError = CreateApplicationErrors[keyof CreateApplicationErrors];

export type CreateApplicationResponses = {
    /**
     * Done.
     */
    201: Application;
};

export type CreateApplicationResponse = CreateApplicationResponses[keyof CreateApplicationResponses];

export type DeleteApplicationData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/applications/{id}';
};

export type DeleteApplicationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteApplicationError = DeleteApplicationErrors[keyof DeleteApplicationErrors];

export type DeleteApplicationResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteApplicationResponse = DeleteApplicationResponses[keyof DeleteApplicationResponses];

export type GetExternalDataData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Number or slug; a client's own entity when absent.
         */
        entity_id?: string;
        /**
         * Inclusive: RFC 3339 or epoch milliseconds; a day before `to`.
         */
        from?: string;
        /**
         * Exclusive; now when absent.
         */
        to?: string;
        site?: string;
        /**
         * Keys, separated by commas; all when absent.
         */
        metrics?: string;
        /**
         * Devices of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/external/data';
};

export type GetExternalDataErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetExternalDataError = GetExternalDataErrors[keyof GetExternalDataErrors];

export type GetExternalDataResponses = {
    /**
     * Done.
     */
    200: {
        entity: {
            id: number;
            slug: string;
            name: string;
        };
        from: string;
        to: string;
        devices: Array<{
            /**
             * Unique within the organization.
             */
            device: string;
            name: string;
            site: string;
            latest: {
                ts: number | null;
                values: {
                    [key: string]: number;
                };
            };
            ts: Array<number>;
            series: {
                [key: string]: Array<unknown>;
            };
        }>;
    };
};

export type GetExternalDataResponse = GetExternalDataResponses[keyof GetExternalDataResponses];

export type GetConfigurationData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/configuration';
};

export type GetConfigurationErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetConfigurationError = GetConfigurationErrors[keyof GetConfigurationErrors];

export type GetConfigurationResponses = {
    /**
     * Done.
     */
    200: Configuration;
};

export type GetConfigurationResponse = GetConfigurationResponses[keyof GetConfigurationResponses];

export type PutConfigurationData = {
    body: {
        /**
         * Of this form.
         */
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
        /**
         * Limits of what the devices' profiles bring.
         */
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
    };
    path?: never;
    query?: {
        /**
         * Say what would be done, and do nothing.
         */
        dryRun?: boolean;
        /**
         * In the sections of the document: what it does not name is deleted, and devices are deactivated. What comes with the organization stays, and so does everything when something could not be made or changed.
         */
        prune?: boolean;
        /**
         * With `prune`: a document that would delete more than this changes nothing and is answered with 409. 20 when absent.
         */
        expectDeletions?: number;
    };
    url: '/api/v1/configuration';
};

export type PutConfigurationErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PutConfigurationError = PutConfigurationErrors[keyof PutConfigurationErrors];

export type PutConfigurationResponses = {
    /**
     * Done.
     */
    200: ConfigurationOutcome;
    /**
     * Done.
     */
    207: ConfigurationOutcome;
};

export type PutConfigurationResponse = PutConfigurationResponses[keyof PutConfigurationResponses];

export type ListAuditData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * user:<id>
         */
        actor?: string;
        /**
         * What it begins with: device.
         */
        action?: string;
        /**
         * device:12, or device for all of them.
         */
        subject?: string;
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
    };
    url: '/api/v1/audit';
};

export type ListAuditErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAuditError = ListAuditErrors[keyof ListAuditErrors];

export type ListAuditResponses = {
    /**
     * Done.
     */
    200: Array<{
        id: number;
        at: string;
        /**
         * user:<id>, client:<id>, rule:<id> or system.
         */
        actor: string;
        actorName: string | null;
        /**
         * The resource and the verb: device.update.
         */
        action: string;
        /**
         * device:<id>
         */
        subject: string;
        before: unknown;
        after: unknown;
        address: string | null;
    }>;
};

export type ListAuditResponse = ListAuditResponses[keyof ListAuditResponses];

export type GetProfileRetentionData = {
    body?: never;
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}/retention';
};

export type GetProfileRetentionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetProfileRetentionError = GetProfileRetentionErrors[keyof GetProfileRetentionErrors];

export type GetProfileRetentionResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * `keep`: readings two years, quarter-hours for ever. `thin`: readings 7 days, quarter-hours 90 days, days two years, months for ever. `own`: as said.
         */
        policy: 'keep' | 'thin' | 'own';
        rawDays: number | null;
        quarterDays: number | null;
        dayDays: number | null;
        rollupDays: number | null;
        hold: {
            reason: string;
            since: string;
        } | null;
    };
};

export type GetProfileRetentionResponse = GetProfileRetentionResponses[keyof GetProfileRetentionResponses];

export type PutProfileRetentionData = {
    body: {
        /**
         * `keep`: readings two years, quarter-hours for ever. `thin`: readings 7 days, quarter-hours 90 days, days two years, months for ever. `own`: as said.
         */
        policy: 'keep' | 'thin' | 'own';
        rawDays?: number | null;
        quarterDays?: number | null;
        dayDays?: number | null;
        rollupDays?: number | null;
        holdReason?: string | null;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}/retention';
};

export type PutProfileRetentionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PutProfileRetentionError = PutProfileRetentionErrors[keyof PutProfileRetentionErrors];

export type PutProfileRetentionResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * `keep`: readings two years, quarter-hours for ever. `thin`: readings 7 days, quarter-hours 90 days, days two years, months for ever. `own`: as said.
         */
        policy: 'keep' | 'thin' | 'own';
        rawDays: number | null;
        quarterDays: number | null;
        dayDays: number | null;
        rollupDays: number | null;
        hold: {
            reason: string;
            since: string;
        } | null;
    };
};

export type PutProfileRetentionResponse = PutProfileRetentionResponses[keyof PutProfileRetentionResponses];

export type DryProfileRetentionRunData = {
    /**
     * Without a policy and days: by what holds. Days alone: a policy of one's own.
     */
    body: {
        /**
         * `keep`: readings two years, quarter-hours for ever. `thin`: readings 7 days, quarter-hours 90 days, days two years, months for ever. `own`: as said.
         */
        policy?: 'keep' | 'thin' | 'own';
        rawDays?: number | null;
        quarterDays?: number | null;
        dayDays?: number | null;
        rollupDays?: number | null;
    };
    path: {
        /**
         * Its key.
         */
        profile: string;
    };
    query?: never;
    url: '/api/v1/profiles/{profile}/retention/dry-run';
};

export type DryProfileRetentionRunErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DryProfileRetentionRunError = DryProfileRetentionRunErrors[keyof DryProfileRetentionRunErrors];

export type DryProfileRetentionRunResponses = {
    /**
     * Done.
     */
    200: {
        retention: {
            /**
             * `keep`: readings two years, quarter-hours for ever. `thin`: readings 7 days, quarter-hours 90 days, days two years, months for ever. `own`: as said.
             */
            policy: 'keep' | 'thin' | 'own';
            rawDays: number | null;
            quarterDays: number | null;
            dayDays: number | null;
            rollupDays: number | null;
            hold: {
                reason: string;
                since: string;
            } | null;
        };
        raw: {
            parts: number;
            /**
             * That these parts were made of.
             */
            readings: number;
            bytes: number;
            from: string | null;
            to: string | null;
        };
        toDays: {
            parts: number;
            /**
             * That these parts were made of.
             */
            readings: number;
            bytes: number;
            from: string | null;
            to: string | null;
        };
        toMonths: {
            parts: number;
            /**
             * That these parts were made of.
             */
            readings: number;
            bytes: number;
            from: string | null;
            to: string | null;
        };
        rollups: {
            parts: number;
            /**
             * That these parts were made of.
             */
            readings: number;
            bytes: number;
            from: string | null;
            to: string | null;
        };
    };
};

export type DryProfileRetentionRunResponse = DryProfileRetentionRunResponses[keyof DryProfileRetentionRunResponses];

export type ListErasuresData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/erasures';
};

export type ListErasuresErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListErasuresError = ListErasuresErrors[keyof ListErasuresErrors];

export type ListErasuresResponses = {
    /**
     * Done.
     */
    200: Array<Erasure>;
};

export type ListErasuresResponse = ListErasuresResponses[keyof ListErasuresResponses];

export type ErasuresData = {
    /**
     * Either `device` or `organization`.
     */
    body: {
        /**
         * Unique within the organization.
         */
        device?: string;
        /**
         * Every device of the organization, instead of one.
         */
        organization?: true;
        /**
         * For the receipt and the audit.
         */
        reason: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/erasures';
};

export type ErasuresErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ErasuresError = ErasuresErrors[keyof ErasuresErrors];

export type ErasuresResponses = {
    /**
     * Done.
     */
    202: Erasure;
};

export type ErasuresResponse = ErasuresResponses[keyof ErasuresResponses];

export type GetErasureData = {
    body?: never;
    path: {
        erasure: number;
    };
    query?: never;
    url: '/api/v1/erasures/{erasure}';
};

export type GetErasureErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetErasureError = GetErasureErrors[keyof GetErasureErrors];

export type GetErasureResponses = {
    /**
     * Done.
     */
    200: Erasure;
};

export type GetErasureResponse = GetErasureResponses[keyof GetErasureResponses];

export type GetLatestValuesData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/latest';
};

export type GetLatestValuesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetLatestValuesError = GetLatestValuesErrors[keyof GetLatestValuesErrors];

export type GetLatestValuesResponses = {
    /**
     * Done.
     */
    200: LatestValues;
};

export type GetLatestValuesResponse = GetLatestValuesResponses[keyof GetLatestValuesResponses];

export type GetTelemetryData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: {
        /**
         * Keys, separated by commas; all metrics when absent. A key that is no metric is looked up in what the device sent besides numbers.
         */
        metrics?: string;
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
        /**
         * Length of a bucket: a number and one of s, m, h, d, w, mo. All points when absent.
         */
        interval?: string;
        /**
         * Some of mean, min, max, sum, count, first, last, timeWeightedMean, increase, separated by commas. A time-weighted mean lets each reading hold until the next; increase is by how much a counter grew, also where it began anew at 0. Both look for the last reading before `from`, as long ago as a bucket is long, but at least a day and at most a week; a bucket under way is weighted up to now.
         */
        aggregate?: string;
        /**
         * IANA time zone in which days, weeks and months begin.
         */
        zone?: string;
    };
    url: '/api/v1/devices/{uid}/telemetry';
};

export type GetTelemetryErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetTelemetryError = GetTelemetryErrors[keyof GetTelemetryErrors];

export type GetTelemetryResponses = {
    /**
     * Done.
     */
    200: Telemetry;
};

export type GetTelemetryResponse = GetTelemetryResponses[keyof GetTelemetryResponses];

export type GetTelemetryExportData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Uids, separated by commas; all when absent.
         */
        devices?: string;
        /**
         * Slug: devices of this site.
         */
        site?: string;
        /**
         * Key: devices of this profile.
         */
        profile?: string;
        /**
         * Keys, separated by commas; all when absent.
         */
        metrics?: string;
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
        format?: 'csv' | 'parquet';
        /**
         * long: a row a reading (device, time, metric, value, flags, text). wide: a row a message, a column a metric, for devices of one profile.
         */
        form?: 'long' | 'wide';
        /**
         * IANA zone in which a CSV shows times, with the offset; UTC when absent.
         */
        zone?: string;
        /**
         * Ends a CSV with the line `# end of N rows`, for programs that want to know whether it is whole.
         */
        end?: boolean;
    };
    url: '/api/v1/telemetry/export';
};

export type GetTelemetryExportErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetTelemetryExportError = GetTelemetryExportErrors[keyof GetTelemetryExportErrors];

export type GetTelemetryExportResponses = {
    /**
     * The readings.
     */
    200: string;
};

export type GetTelemetryExportResponse = GetTelemetryExportResponses[keyof GetTelemetryExportResponses];

export type GetLatestData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Uids, separated by commas: 1000 at most.
         */
        devices?: string;
        /**
         * A site's slug: its active devices.
         */
        site?: string;
        /**
         * A profile's key: its active devices.
         */
        profile?: string;
        /**
         * Active devices at an asset and below it.
         */
        asset?: number;
        /**
         * Keys, separated by commas; all when absent.
         */
        metrics?: string;
    };
    url: '/api/v1/latest';
};

export type GetLatestErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetLatestError = GetLatestErrors[keyof GetLatestErrors];

export type GetLatestResponses = {
    /**
     * Done.
     */
    200: LatestOfMany;
};

export type GetLatestResponse = GetLatestResponses[keyof GetLatestResponses];

export type GetHourlyAveragesData = {
    body?: never;
    path: {
        zone: number;
    };
    query?: {
        /**
         * Up to now.
         */
        hours?: number;
    };
    url: '/api/v1/zones/{zone}/hourly-averages';
};

export type GetHourlyAveragesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetHourlyAveragesError = GetHourlyAveragesErrors[keyof GetHourlyAveragesErrors];

export type GetHourlyAveragesResponses = {
    /**
     * Done.
     */
    200: {
        zone: number;
        name: string;
        hours: Array<{
            hour: string;
            /**
             * Of all valid readings of the hour.
             */
            avgMoisture: number;
            /**
             * Readings of the hour.
             */
            count: number;
        }>;
    };
};

export type GetHourlyAveragesResponse = GetHourlyAveragesResponses[keyof GetHourlyAveragesResponses];

export type GetLatestOfSensorData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Unique within the organization.
         */
        sensor_id: string;
    };
    url: '/api/sensors/latest';
};

export type GetLatestOfSensorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetLatestOfSensorError = GetLatestOfSensorErrors[keyof GetLatestOfSensorErrors];

export type GetLatestOfSensorResponses = {
    /**
     * With the keys that the sensor sent.
     */
    200: {
        /**
         * Unique within the organization.
         */
        sensor_id: string;
        timestamp: string;
        [key: string]: unknown;
    };
};

export type GetLatestOfSensorResponse = GetLatestOfSensorResponses[keyof GetLatestOfSensorResponses];

export type ListHistoryOfSensorData = {
    body?: never;
    path?: never;
    query: {
        /**
         * Unique within the organization.
         */
        sensor_id: string;
        /**
         * A day by the clock of its site.
         */
        date?: string;
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive; without it, until now.
         */
        to?: string;
    };
    url: '/api/sensors/historical';
};

export type ListHistoryOfSensorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListHistoryOfSensorError = ListHistoryOfSensorErrors[keyof ListHistoryOfSensorErrors];

export type ListHistoryOfSensorResponses = {
    /**
     * Done.
     */
    200: Array<{
        /**
         * Unique within the organization.
         */
        sensor_id: string;
        timestamp: string;
        [key: string]: unknown;
    }>;
};

export type ListHistoryOfSensorResponse = ListHistoryOfSensorResponses[keyof ListHistoryOfSensorResponses];

export type ListSolutionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/solutions';
};

export type ListSolutionsErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListSolutionsError = ListSolutionsErrors[keyof ListSolutionsErrors];

export type ListSolutionsResponses = {
    /**
     * Done.
     */
    200: Array<Solution>;
};

export type ListSolutionsResponse = ListSolutionsResponses[keyof ListSolutionsResponses];

export type InstallSolutionData = {
    body?: never;
    path: {
        /**
         * Its key.
         */
        solution: string;
    };
    query?: never;
    url: '/api/v1/solutions/{solution}/install';
};

export type InstallSolutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type InstallSolutionError = InstallSolutionErrors[keyof InstallSolutionErrors];

export type InstallSolutionResponses = {
    /**
     * Done.
     */
    200: InstalledSolution;
};

export type InstallSolutionResponse = InstallSolutionResponses[keyof InstallSolutionResponses];

export type DeleteSolutionData = {
    body?: never;
    path: {
        /**
         * Its key.
         */
        solution: string;
    };
    query?: never;
    url: '/api/v1/solutions/{solution}';
};

export type DeleteSolutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteSolutionError = DeleteSolutionErrors[keyof DeleteSolutionErrors];

export type DeleteSolutionResponses = {
    /**
     * Done.
     */
    200: RemovedSolution;
};

export type DeleteSolutionResponse = DeleteSolutionResponses[keyof DeleteSolutionResponses];

export type ListReadingsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Local date or time, inclusive.
         */
        start_date?: string;
        /**
         * Local date or time, inclusive; a date is its whole day.
         */
        end_date?: string;
        /**
         * Unique within the organization.
         */
        device_id?: string;
    };
    url: '/api/readings';
};

export type ListReadingsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListReadingsError = ListReadingsErrors[keyof ListReadingsErrors];

export type ListReadingsResponses = {
    /**
     * Done.
     */
    200: Array<Reading>;
};

export type ListReadingsResponse = ListReadingsResponses[keyof ListReadingsResponses];

export type SendReadingsData = {
    /**
     * One, an array, or `readings`; as NDJSON one a line.
     */
    body: unknown;
    path?: never;
    query?: never;
    url: '/api/readings';
};

export type SendReadingsErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendReadingsError = SendReadingsErrors[keyof SendReadingsErrors];

export type SendReadingsResponses = {
    /**
     * All is stored.
     */
    201: unknown;
    /**
     * Some is stored; `errors` names what is not, item by item.
     */
    207: unknown;
};

export type ListLatestReadingsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Unique within the organization.
         */
        device_id?: string;
    };
    url: '/api/readings/latest';
};

export type ListLatestReadingsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListLatestReadingsError = ListLatestReadingsErrors[keyof ListLatestReadingsErrors];

export type ListLatestReadingsResponses = {
    /**
     * Done.
     */
    200: Array<Reading>;
};

export type ListLatestReadingsResponse = ListLatestReadingsResponses[keyof ListLatestReadingsResponses];

export type ListReadingsAtRootData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Local date or time, inclusive.
         */
        start_date?: string;
        /**
         * Local date or time, inclusive; a date is its whole day.
         */
        end_date?: string;
        /**
         * Unique within the organization.
         */
        device_id?: string;
    };
    url: '/readings';
};

export type ListReadingsAtRootErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListReadingsAtRootError = ListReadingsAtRootErrors[keyof ListReadingsAtRootErrors];

export type ListReadingsAtRootResponses = {
    /**
     * Done.
     */
    200: Array<Reading>;
};

export type ListReadingsAtRootResponse = ListReadingsAtRootResponses[keyof ListReadingsAtRootResponses];

export type SendReadingsAtRootData = {
    /**
     * One, an array, or `readings`; as NDJSON one a line.
     */
    body: unknown;
    path?: never;
    query?: never;
    url: '/readings';
};

export type SendReadingsAtRootErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendReadingsAtRootError = SendReadingsAtRootErrors[keyof SendReadingsAtRootErrors];

export type SendReadingsAtRootResponses = {
    /**
     * All is stored.
     */
    201: unknown;
    /**
     * Some is stored; `errors` names what is not, item by item.
     */
    207: unknown;
};

export type ListLatestReadingsAtRootData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Unique within the organization.
         */
        device_id?: string;
    };
    url: '/readings/latest';
};

export type ListLatestReadingsAtRootErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListLatestReadingsAtRootError = ListLatestReadingsAtRootErrors[keyof ListLatestReadingsAtRootErrors];

export type ListLatestReadingsAtRootResponses = {
    /**
     * Done.
     */
    200: Array<Reading>;
};

export type ListLatestReadingsAtRootResponse = ListLatestReadingsAtRootResponses[keyof ListLatestReadingsAtRootResponses];

export type ListRejectedMessagesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/rejected-messages';
};

export type ListRejectedMessagesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListRejectedMessagesError = ListRejectedMessagesErrors[keyof ListRejectedMessagesErrors];

export type ListRejectedMessagesResponses = {
    /**
     * Done.
     */
    200: Array<RejectedMessage>;
};

export type ListRejectedMessagesResponse = ListRejectedMessagesResponses[keyof ListRejectedMessagesResponses];

export type ListDeviceActuatorsData = {
    body?: never;
    path: {
        /**
         * Unique within the organization.
         */
        uid: string;
    };
    query?: never;
    url: '/api/v1/devices/{uid}/actuators';
};

export type ListDeviceActuatorsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDeviceActuatorsError = ListDeviceActuatorsErrors[keyof ListDeviceActuatorsErrors];

export type ListDeviceActuatorsResponses = {
    /**
     * Done.
     */
    200: Array<Actuator>;
};

export type ListDeviceActuatorsResponse = ListDeviceActuatorsResponses[keyof ListDeviceActuatorsResponses];

export type ListActuatorsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        /**
         * A site's slug.
         */
        site?: string;
    };
    url: '/api/v1/actuators';
};

export type ListActuatorsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListActuatorsError = ListActuatorsErrors[keyof ListActuatorsErrors];

export type ListActuatorsResponses = {
    /**
     * Done.
     */
    200: Array<Actuator>;
};

export type ListActuatorsResponse = ListActuatorsResponses[keyof ListActuatorsResponses];

export type GetActuatorData = {
    body?: never;
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/actuators/{id}';
};

export type GetActuatorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetActuatorError = GetActuatorErrors[keyof GetActuatorErrors];

export type GetActuatorResponses = {
    /**
     * Done.
     */
    200: Actuator;
};

export type GetActuatorResponse = GetActuatorResponses[keyof GetActuatorResponses];

export type UpdateActuatorData = {
    body: {
        /**
         * auto: rules and people start it. manual: people alone. locked-out: nobody; somebody works on it.
         */
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
        /**
         * Lets it be commanded although its device says no hello and checks no fence.
         */
        unfenced?: boolean;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/actuators/{id}';
};

export type UpdateActuatorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateActuatorError = UpdateActuatorErrors[keyof UpdateActuatorErrors];

export type UpdateActuatorResponses = {
    /**
     * Done.
     */
    200: Actuator;
};

export type UpdateActuatorResponse = UpdateActuatorResponses[keyof UpdateActuatorResponses];

export type SendCommandData = {
    body: {
        kind: 'RUN' | 'DOSE' | 'STOP' | 'SET';
        /**
         * Of a RUN. Of a DOSE its worst case: the longest run when absent.
         */
        durationMs?: number;
        /**
         * Of a DOSE.
         */
        amount?: number;
        /**
         * Of an amount or a value.
         */
        unit?: string;
        /**
         * Of a SET: a set-point. Nothing starts by it.
         */
        value?: number;
        /**
         * Of a SET: lets a held actuator run again.
         */
        release?: true;
        /**
         * Of a STOP, for the others.
         */
        reason?: string;
        /**
         * Of a RUN or DOSE: how long it may wait for what stands against it; 60000 when absent. A run of lower priority is stopped for it only if it can start within this, the pause after that run included.
         */
        waitMs?: number;
        /**
         * Of a RUN or DOSE, by an administrator: passes the cooldown, and nothing else.
         */
        override?: {
            /**
             * 1 to 500 characters, for the audit.
             */
            reason: string;
        };
    };
    headers?: {
        /**
         * The same key with the same body has the same answer and does nothing anew; with another body it is a 422.
         */
        'idempotency-key'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/actuators/{id}/commands';
};

export type SendCommandErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type SendCommandError = SendCommandErrors[keyof SendCommandErrors];

export type SendCommandResponses = {
    /**
     * Done.
     */
    200: Execution;
    /**
     * Done.
     */
    201: Command;
    /**
     * Done.
     */
    202: Execution;
};

export type SendCommandResponse = SendCommandResponses[keyof SendCommandResponses];

export type ListTripsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        actuator?: number;
        /**
         * Only those that stand, or only those that were reset.
         */
        open?: boolean;
    };
    url: '/api/v1/trips';
};

export type ListTripsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListTripsError = ListTripsErrors[keyof ListTripsErrors];

export type ListTripsResponses = {
    /**
     * Done.
     */
    200: Array<Trip>;
};

export type ListTripsResponse = ListTripsResponses[keyof ListTripsResponses];

export type TripActuatorData = {
    body: {
        /**
         * A short code, such as "dry_run"; the device is told.
         */
        cause: string;
        message?: string;
    };
    headers?: {
        /**
         * The same key with the same body has the same answer and does nothing anew; with another body it is a 422.
         */
        'idempotency-key'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/actuators/{id}/trip';
};

export type TripActuatorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type TripActuatorError = TripActuatorErrors[keyof TripActuatorErrors];

export type TripActuatorResponses = {
    /**
     * Done.
     */
    201: Command;
};

export type TripActuatorResponse = TripActuatorResponses[keyof TripActuatorResponses];

export type ResetActuatorTripData = {
    body: {
        reason?: string;
    };
    headers?: {
        /**
         * The same key with the same body has the same answer and does nothing anew; with another body it is a 422.
         */
        'idempotency-key'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/actuators/{id}/trip/reset';
};

export type ResetActuatorTripErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ResetActuatorTripError = ResetActuatorTripErrors[keyof ResetActuatorTripErrors];

export type ResetActuatorTripResponses = {
    /**
     * Done.
     */
    201: Command;
};

export type ResetActuatorTripResponse = ResetActuatorTripResponses[keyof ResetActuatorTripResponses];

export type ExplainActuatorData = {
    body?: never;
    path: {
        id: number;
    };
    query?: {
        /**
         * The longest run when absent.
         */
        durationMs?: number;
        /**
         * MANUAL when absent.
         */
        priority?: 'MANUAL' | 'EMERGENCY' | 'SCHEDULED' | 'THRESHOLD';
        /**
         * With unit, of a DOSE.
         */
        amount?: number;
        unit?: string;
        /**
         * How long a person would wait; 60000 when absent, as in a command.
         */
        waitMs?: number;
    };
    url: '/api/v1/actuators/{id}/why-not';
};

export type ExplainActuatorErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ExplainActuatorError = ExplainActuatorErrors[keyof ExplainActuatorErrors];

export type ExplainActuatorResponses = {
    /**
     * Done.
     */
    200: WhyNot;
};

export type ExplainActuatorResponse = ExplainActuatorResponses[keyof ExplainActuatorResponses];

export type ExplainExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/executions/{id}/why-not';
};

export type ExplainExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ExplainExecutionError = ExplainExecutionErrors[keyof ExplainExecutionErrors];

export type ExplainExecutionResponses = {
    /**
     * Done.
     */
    200: ExecutionWhyNot;
};

export type ExplainExecutionResponse = ExplainExecutionResponses[keyof ExplainExecutionResponses];

export type ExplainAutomationExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/automation/executions/{id}/why-not';
};

export type ExplainAutomationExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ExplainAutomationExecutionError = ExplainAutomationExecutionErrors[keyof ExplainAutomationExecutionErrors];

export type ExplainAutomationExecutionResponses = {
    /**
     * Done.
     */
    200: ExecutionWhyNot;
};

export type ExplainAutomationExecutionResponse = ExplainAutomationExecutionResponses[keyof ExplainAutomationExecutionResponses];

export type ListCommandsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        actuator?: number;
        /**
         * Unique within the organization.
         */
        device?: string;
        kind?: 'RUN' | 'DOSE' | 'SET' | 'STOP';
        state?: 'QUEUED' | 'DISPATCHING' | 'ACCEPTED' | 'RUNNING' | 'UNKNOWN' | 'COMPLETED' | 'ABORTED' | 'INTERRUPTED' | 'REJECTED' | 'NOT_EXECUTED' | 'EXPIRED' | 'CANCELLED' | 'UNKNOWN_CLOSED';
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
    };
    url: '/api/v1/commands';
};

export type ListCommandsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListCommandsError = ListCommandsErrors[keyof ListCommandsErrors];

export type ListCommandsResponses = {
    /**
     * Done.
     */
    200: Array<Command>;
};

export type ListCommandsResponse = ListCommandsResponses[keyof ListCommandsResponses];

export type GetCommandData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/commands/{id}';
};

export type GetCommandErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetCommandError = GetCommandErrors[keyof GetCommandErrors];

export type GetCommandResponses = {
    /**
     * Done.
     */
    200: Command;
};

export type GetCommandResponse = GetCommandResponses[keyof GetCommandResponses];

export type ListCommandEventsData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/commands/{id}/events';
};

export type ListCommandEventsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListCommandEventsError = ListCommandEventsErrors[keyof ListCommandEventsErrors];

export type ListCommandEventsResponses = {
    /**
     * Done.
     */
    200: Array<CommandEvent>;
};

export type ListCommandEventsResponse = ListCommandEventsResponses[keyof ListCommandEventsResponses];

export type ListExecutionsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        actuator?: number;
        status?: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD';
        /**
         * Unique within the organization.
         */
        device?: string;
        priority?: 'MANUAL' | 'EMERGENCY' | 'SCHEDULED' | 'THRESHOLD';
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
    };
    url: '/api/v1/executions';
};

export type ListExecutionsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListExecutionsError = ListExecutionsErrors[keyof ListExecutionsErrors];

export type ListExecutionsResponses = {
    /**
     * Done.
     */
    200: Array<Execution>;
};

export type ListExecutionsResponse = ListExecutionsResponses[keyof ListExecutionsResponses];

export type GetExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/executions/{id}';
};

export type GetExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetExecutionError = GetExecutionErrors[keyof GetExecutionErrors];

export type GetExecutionResponses = {
    /**
     * Done.
     */
    200: ExecutionDetail;
};

export type GetExecutionResponse = GetExecutionResponses[keyof GetExecutionResponses];

export type ListExecutionEventsData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/executions/{id}/events';
};

export type ListExecutionEventsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListExecutionEventsError = ListExecutionEventsErrors[keyof ListExecutionEventsErrors];

export type ListExecutionEventsResponses = {
    /**
     * Done.
     */
    200: Array<ExecutionEvent>;
};

export type ListExecutionEventsResponse = ListExecutionEventsResponses[keyof ListExecutionEventsResponses];

export type CancelExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/executions/{id}/cancel';
};

export type CancelExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CancelExecutionError = CancelExecutionErrors[keyof CancelExecutionErrors];

export type CancelExecutionResponses = {
    /**
     * Done.
     */
    200: Execution;
};

export type CancelExecutionResponse = CancelExecutionResponses[keyof CancelExecutionResponses];

export type ReplayExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/executions/{id}/replay';
};

export type ReplayExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ReplayExecutionError = ReplayExecutionErrors[keyof ReplayExecutionErrors];

export type ReplayExecutionResponses = {
    /**
     * Done.
     */
    201: Execution;
    /**
     * Done.
     */
    202: Execution;
};

export type ReplayExecutionResponse = ReplayExecutionResponses[keyof ReplayExecutionResponses];

export type ListAutomationExecutionsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        actuator?: number;
        status?: 'PENDING' | 'WAITING' | 'DISPATCHED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'DEAD';
        /**
         * Unique within the organization.
         */
        device?: string;
        priority?: 'MANUAL' | 'EMERGENCY' | 'SCHEDULED' | 'THRESHOLD';
        /**
         * Inclusive: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Exclusive.
         */
        to?: string;
    };
    url: '/api/v1/automation/executions';
};

export type ListAutomationExecutionsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAutomationExecutionsError = ListAutomationExecutionsErrors[keyof ListAutomationExecutionsErrors];

export type ListAutomationExecutionsResponses = {
    /**
     * Done.
     */
    200: Array<Execution>;
};

export type ListAutomationExecutionsResponse = ListAutomationExecutionsResponses[keyof ListAutomationExecutionsResponses];

export type GetAutomationExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/automation/executions/{id}';
};

export type GetAutomationExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAutomationExecutionError = GetAutomationExecutionErrors[keyof GetAutomationExecutionErrors];

export type GetAutomationExecutionResponses = {
    /**
     * Done.
     */
    200: ExecutionDetail;
};

export type GetAutomationExecutionResponse = GetAutomationExecutionResponses[keyof GetAutomationExecutionResponses];

export type ListAutomationExecutionEventsData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/automation/executions/{id}/events';
};

export type ListAutomationExecutionEventsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAutomationExecutionEventsError = ListAutomationExecutionEventsErrors[keyof ListAutomationExecutionEventsErrors];

export type ListAutomationExecutionEventsResponses = {
    /**
     * Done.
     */
    200: Array<ExecutionEvent>;
};

export type ListAutomationExecutionEventsResponse = ListAutomationExecutionEventsResponses[keyof ListAutomationExecutionEventsResponses];

export type CancelAutomationExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/automation/executions/{id}/cancel';
};

export type CancelAutomationExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CancelAutomationExecutionError = CancelAutomationExecutionErrors[keyof CancelAutomationExecutionErrors];

export type CancelAutomationExecutionResponses = {
    /**
     * Done.
     */
    200: Execution;
};

export type CancelAutomationExecutionResponse = CancelAutomationExecutionResponses[keyof CancelAutomationExecutionResponses];

export type ReplayAutomationExecutionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/automation/executions/{id}/replay';
};

export type ReplayAutomationExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ReplayAutomationExecutionError = ReplayAutomationExecutionErrors[keyof ReplayAutomationExecutionErrors];

export type ReplayAutomationExecutionResponses = {
    /**
     * Done.
     */
    201: Execution;
    /**
     * Done.
     */
    202: Execution;
};

export type ReplayAutomationExecutionResponse = ReplayAutomationExecutionResponses[keyof ReplayAutomationExecutionResponses];

export type GetAutomationStatusData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/automation/status';
};

export type GetAutomationStatusErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAutomationStatusError = GetAutomationStatusErrors[keyof GetAutomationStatusErrors];

export type GetAutomationStatusResponses = {
    /**
     * Done.
     */
    200: {
        byStatus: {
            [key: string]: number;
        };
        byPriority: {
            MANUAL: number;
            EMERGENCY: number;
            SCHEDULED: number;
            THRESHOLD: number;
        };
        /**
         * Of what has ended, how far back it is counted; what is open always is.
         */
        countedHours: number;
        /**
         * What has been sent to a device, or is about to be.
         */
        running: Array<Execution>;
    };
};

export type GetAutomationStatusResponse = GetAutomationStatusResponses[keyof GetAutomationStatusResponses];

export type ListAutomationConflictsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/automation/conflicts';
};

export type ListAutomationConflictsErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAutomationConflictsError = ListAutomationConflictsErrors[keyof ListAutomationConflictsErrors];

export type ListAutomationConflictsResponses = {
    /**
     * Done.
     */
    200: Array<{
        execution: string;
        priority: string;
        actuator: number;
        actuatorKey: string;
        /**
         * Unique within the organization.
         */
        device: string;
        resource: {
            kind: 'actuator' | 'interlock-group';
            name: string;
        };
        reason: string | null;
        message: string | null;
        since: string;
        until: string | null;
        passedOverSince: string | null;
        holder: {
            execution: string;
            command: string;
            actuator: number;
            priority: string;
            endsAtLatest: string;
        } | null;
    }>;
};

export type ListAutomationConflictsResponse = ListAutomationConflictsResponses[keyof ListAutomationConflictsResponses];

export type GetAutomationHealthData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/automation/health';
};

export type GetAutomationHealthErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAutomationHealthError = GetAutomationHealthErrors[keyof GetAutomationHealthErrors];

export type GetAutomationHealthResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Of the process that answers.
         */
        workers: Array<{
            name: string;
            isRunning: boolean;
            lastRoundAt: string | null;
            lastRoundMs: number | null;
            lastError: string | null;
        }>;
        executions: {
            due: number;
            waiting: number;
            dispatched: number;
            /**
             * Dead letters, for a person to replay.
             */
            dead: number;
            oldestDueMs: number | null;
        };
        alerts: {
            /**
             * Whose shelf has ended, or which are to be told again.
             */
            due: number;
            oldestDueMs: number | null;
        };
        deliveries: {
            due: number;
            waiting: number;
            sending: number;
            /**
             * Given up, for a person to replay.
             */
            dead: number;
            oldestDueMs: number | null;
        };
        /**
         * Of rules, not yet made alerts and executions; 10,000 at most.
         */
        unfoldedTransitions: number;
        schedules: {
            nextDueAt: string | null;
            /**
             * Schedules whose run has been due for a while, and no worker has opened it.
             */
            overdue: number;
            oldestOverdueMs: number | null;
        };
    };
};

export type GetAutomationHealthResponse = GetAutomationHealthResponses[keyof GetAutomationHealthResponses];

export type RequestExecutionData = {
    body: {
        action: 'RUN' | 'DOSE' | 'FEED' | 'AERATE' | 'WATER_DRAIN' | 'WATER_FILL' | 'WATER_FLUSH';
        /**
         * Of a RUN or DOSE.
         */
        actuator?: number;
        /**
         * Of every other action.
         */
        device?: string;
        /**
         * Of a RUN; of a DOSE its worst case.
         */
        durationMs?: number;
        /**
         * Of a DOSE.
         */
        amount?: number;
        unit?: string;
        /**
         * Of a FEED.
         */
        grams?: number;
        /**
         * Of AERATE and of WATER_….
         */
        minutes?: number;
        /**
         * How long it may wait for what stands against it; 60000 when absent.
         */
        waitMs?: number;
    };
    headers?: {
        /**
         * The same key with the same body is answered with the same executions; with another it is a 422.
         */
        'idempotency-key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/automation/execute';
};

export type RequestExecutionErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RequestExecutionError = RequestExecutionErrors[keyof RequestExecutionErrors];

export type RequestExecutionResponses = {
    /**
     * Done.
     */
    201: {
        executions: Array<Execution>;
    };
    /**
     * Done.
     */
    202: {
        executions: Array<Execution>;
    };
};

export type RequestExecutionResponse = RequestExecutionResponses[keyof RequestExecutionResponses];

export type ListRulesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        asset?: number;
        kind?: 'threshold' | 'rate' | 'no-data' | 'repeated' | 'all' | 'any' | 'not';
        enabled?: boolean;
        /**
         * Part of the name, in any case.
         */
        search?: string;
    };
    url: '/api/v1/rules';
};

export type ListRulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListRulesError = ListRulesErrors[keyof ListRulesErrors];

export type ListRulesResponses = {
    /**
     * Done.
     */
    200: Array<Rule>;
};

export type ListRulesResponse = ListRulesResponses[keyof ListRulesResponses];

export type CreateRuleData = {
    body: {
        name: string;
        /**
         * A condition: `threshold` {metric, operator: below | above, value, hysteresis}, `rate` {metric, operator: rising | falling, by, withinMs}, `no-data` {metric, afterMs}, `repeated` {condition, times, withinMs}, `all` or `any` {conditions}, `not` {condition}, each with its `kind`. A metric is a key of the rule's device, or {device, metric} of another one at the same asset. Beside the outermost: `forMs`, `resolveAfterMs`, `staleAfterMs` (15 minutes), and `gates`: {kind: daylight, is: day | night, offsetMs} or {kind: rule, rule, is: firing | not-firing}.
         */
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
        /**
         * Unique on its device; made from the name.
         */
        key?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        asset?: number;
    };
    path?: never;
    query?: never;
    url: '/api/v1/rules';
};

export type CreateRuleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateRuleError = CreateRuleErrors[keyof CreateRuleErrors];

export type CreateRuleResponses = {
    /**
     * Done.
     */
    201: Rule;
};

export type CreateRuleResponse = CreateRuleResponses[keyof CreateRuleResponses];

export type DeleteRuleData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/rules/{id}';
};

export type DeleteRuleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteRuleError = DeleteRuleErrors[keyof DeleteRuleErrors];

export type DeleteRuleResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteRuleResponse = DeleteRuleResponses[keyof DeleteRuleResponses];

export type GetRuleData = {
    body?: never;
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/rules/{id}';
};

export type GetRuleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetRuleError = GetRuleErrors[keyof GetRuleErrors];

export type GetRuleResponses = {
    /**
     * Done.
     */
    200: Rule;
};

export type GetRuleResponse = GetRuleResponses[keyof GetRuleResponses];

export type UpdateRuleData = {
    body: {
        name?: string;
        /**
         * A condition: `threshold` {metric, operator: below | above, value, hysteresis}, `rate` {metric, operator: rising | falling, by, withinMs}, `no-data` {metric, afterMs}, `repeated` {condition, times, withinMs}, `all` or `any` {conditions}, `not` {condition}, each with its `kind`. A metric is a key of the rule's device, or {device, metric} of another one at the same asset. Beside the outermost: `forMs`, `resolveAfterMs`, `staleAfterMs` (15 minutes), and `gates`: {kind: daylight, is: day | night, offsetMs} or {kind: rule, rule, is: firing | not-firing}.
         */
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
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/rules/{id}';
};

export type UpdateRuleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateRuleError = UpdateRuleErrors[keyof UpdateRuleErrors];

export type UpdateRuleResponses = {
    /**
     * Done.
     */
    200: Rule;
};

export type UpdateRuleResponse = UpdateRuleResponses[keyof UpdateRuleResponses];

export type ListAutomationThresholdsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        asset?: number;
        kind?: 'threshold' | 'rate' | 'no-data' | 'repeated' | 'all' | 'any' | 'not';
        enabled?: boolean;
        /**
         * Part of the name, in any case.
         */
        search?: string;
    };
    url: '/api/v1/automation/thresholds';
};

export type ListAutomationThresholdsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAutomationThresholdsError = ListAutomationThresholdsErrors[keyof ListAutomationThresholdsErrors];

export type ListAutomationThresholdsResponses = {
    /**
     * Done.
     */
    200: Array<Rule>;
};

export type ListAutomationThresholdsResponse = ListAutomationThresholdsResponses[keyof ListAutomationThresholdsResponses];

export type CreateAutomationThresholdData = {
    body: {
        name: string;
        /**
         * A condition: `threshold` {metric, operator: below | above, value, hysteresis}, `rate` {metric, operator: rising | falling, by, withinMs}, `no-data` {metric, afterMs}, `repeated` {condition, times, withinMs}, `all` or `any` {conditions}, `not` {condition}, each with its `kind`. A metric is a key of the rule's device, or {device, metric} of another one at the same asset. Beside the outermost: `forMs`, `resolveAfterMs`, `staleAfterMs` (15 minutes), and `gates`: {kind: daylight, is: day | night, offsetMs} or {kind: rule, rule, is: firing | not-firing}.
         */
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
        /**
         * Unique on its device; made from the name.
         */
        key?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        asset?: number;
    };
    path?: never;
    query?: never;
    url: '/api/v1/automation/thresholds';
};

export type CreateAutomationThresholdErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateAutomationThresholdError = CreateAutomationThresholdErrors[keyof CreateAutomationThresholdErrors];

export type CreateAutomationThresholdResponses = {
    /**
     * Done.
     */
    201: Rule;
};

export type CreateAutomationThresholdResponse = CreateAutomationThresholdResponses[keyof CreateAutomationThresholdResponses];

export type DeleteAutomationThresholdData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/thresholds/{id}';
};

export type DeleteAutomationThresholdErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteAutomationThresholdError = DeleteAutomationThresholdErrors[keyof DeleteAutomationThresholdErrors];

export type DeleteAutomationThresholdResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteAutomationThresholdResponse = DeleteAutomationThresholdResponses[keyof DeleteAutomationThresholdResponses];

export type GetAutomationThresholdData = {
    body?: never;
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/thresholds/{id}';
};

export type GetAutomationThresholdErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAutomationThresholdError = GetAutomationThresholdErrors[keyof GetAutomationThresholdErrors];

export type GetAutomationThresholdResponses = {
    /**
     * Done.
     */
    200: Rule;
};

export type GetAutomationThresholdResponse = GetAutomationThresholdResponses[keyof GetAutomationThresholdResponses];

export type UpdateAutomationThresholdData = {
    body: {
        name?: string;
        /**
         * A condition: `threshold` {metric, operator: below | above, value, hysteresis}, `rate` {metric, operator: rising | falling, by, withinMs}, `no-data` {metric, afterMs}, `repeated` {condition, times, withinMs}, `all` or `any` {conditions}, `not` {condition}, each with its `kind`. A metric is a key of the rule's device, or {device, metric} of another one at the same asset. Beside the outermost: `forMs`, `resolveAfterMs`, `staleAfterMs` (15 minutes), and `gates`: {kind: daylight, is: day | night, offsetMs} or {kind: rule, rule, is: firing | not-firing}.
         */
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
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/thresholds/{id}';
};

export type UpdateAutomationThresholdErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateAutomationThresholdError = UpdateAutomationThresholdErrors[keyof UpdateAutomationThresholdErrors];

export type UpdateAutomationThresholdResponses = {
    /**
     * Done.
     */
    200: Rule;
};

export type UpdateAutomationThresholdResponse = UpdateAutomationThresholdResponses[keyof UpdateAutomationThresholdResponses];

export type BacktestRulesData = {
    body: {
        /**
         * A condition, as rules have it.
         */
        definition: unknown;
        /**
         * RFC 3339 or epoch milliseconds.
         */
        from: string | number;
        /**
         * RFC 3339 or epoch milliseconds.
         */
        to?: string | number;
        /**
         * Episodes, and runs of each actuator, that are told one by one; all are counted.
         */
        episodes?: number;
        /**
         * Each is evaluated by itself.
         */
        devices?: Array<string>;
        /**
         * Instead of `devices`: all of an asset that have the rule's metrics.
         */
        asset?: number;
        /**
         * What would run while the rule fires.
         */
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
        /**
         * Limits in the place of the actuator's own.
         */
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
    };
    path?: never;
    query?: never;
    url: '/api/v1/rules/backtest';
};

export type BacktestRulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type BacktestRulesError = BacktestRulesErrors[keyof BacktestRulesErrors];

export type BacktestRulesResponses = {
    /**
     * Done.
     */
    200: {
        from: string;
        to: string;
        /**
         * Valid readings of the metrics that the rule reads, its gates included.
         */
        readings: number;
        /**
         * Readings that were marked and left out.
         */
        invalid: number;
        /**
         * Episodes that fired.
         */
        fired: number;
        /**
         * Episodes that were pending and never fired.
         */
        lapsed: number;
        devices: Array<{
            /**
             * Unique within the organization.
             */
            device: string;
            /**
             * Episodes that fired.
             */
            fired: number;
            /**
             * Episodes that were pending and never fired.
             */
            lapsed: number;
            firingMs: number;
        }>;
        episodes: Array<{
            /**
             * Unique within the organization.
             */
            device: string;
            episode: number;
            pendingAt: string | null;
            firedAt: string;
            resolvedAt: string | null;
            value: number | null;
        }>;
        actuators: Array<{
            actuator: number;
            key: string;
            /**
             * Unique within the organization.
             */
            device: string;
            runs: number;
            runMs: number;
            /**
             * Limit → times it had to wait.
             */
            deferred: {
                [key: string]: number;
            };
            /**
             * Limit → times it was refused.
             */
            refused: {
                [key: string]: number;
            };
            firstRuns: Array<{
                from: string;
                to: string;
            }>;
        }>;
    };
};

export type BacktestRulesResponse = BacktestRulesResponses[keyof BacktestRulesResponses];

export type BacktestRuleData = {
    body: {
        /**
         * A condition, as rules have it.
         */
        definition?: unknown;
        /**
         * RFC 3339 or epoch milliseconds.
         */
        from: string | number;
        /**
         * RFC 3339 or epoch milliseconds.
         */
        to?: string | number;
        /**
         * Episodes, and runs of each actuator, that are told one by one; all are counted.
         */
        episodes?: number;
        /**
         * Each is evaluated by itself.
         */
        devices?: Array<string>;
        /**
         * Instead of `devices`: all of an asset that have the rule's metrics.
         */
        asset?: number;
        /**
         * What would run while the rule fires.
         */
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
        /**
         * Limits in the place of the actuator's own.
         */
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
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/rules/{id}/backtest';
};

export type BacktestRuleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type BacktestRuleError = BacktestRuleErrors[keyof BacktestRuleErrors];

export type BacktestRuleResponses = {
    /**
     * Done.
     */
    200: {
        from: string;
        to: string;
        /**
         * Valid readings of the metrics that the rule reads, its gates included.
         */
        readings: number;
        /**
         * Readings that were marked and left out.
         */
        invalid: number;
        /**
         * Episodes that fired.
         */
        fired: number;
        /**
         * Episodes that were pending and never fired.
         */
        lapsed: number;
        devices: Array<{
            /**
             * Unique within the organization.
             */
            device: string;
            /**
             * Episodes that fired.
             */
            fired: number;
            /**
             * Episodes that were pending and never fired.
             */
            lapsed: number;
            firingMs: number;
        }>;
        episodes: Array<{
            /**
             * Unique within the organization.
             */
            device: string;
            episode: number;
            pendingAt: string | null;
            firedAt: string;
            resolvedAt: string | null;
            value: number | null;
        }>;
        actuators: Array<{
            actuator: number;
            key: string;
            /**
             * Unique within the organization.
             */
            device: string;
            runs: number;
            runMs: number;
            /**
             * Limit → times it had to wait.
             */
            deferred: {
                [key: string]: number;
            };
            /**
             * Limit → times it was refused.
             */
            refused: {
                [key: string]: number;
            };
            firstRuns: Array<{
                from: string;
                to: string;
            }>;
        }>;
    };
};

export type BacktestRuleResponse = BacktestRuleResponses[keyof BacktestRuleResponses];

export type ListSchedulesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        actuator?: number;
        /**
         * Unique within the organization.
         */
        device?: string;
        /**
         * Part of the name, in any case.
         */
        search?: string;
    };
    url: '/api/v1/schedules';
};

export type ListSchedulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListSchedulesError = ListSchedulesErrors[keyof ListSchedulesErrors];

export type ListSchedulesResponses = {
    /**
     * Done.
     */
    200: Array<Schedule>;
};

export type ListSchedulesResponse = ListSchedulesResponses[keyof ListSchedulesResponses];

export type CreateScheduleData = {
    body: {
        name: string;
        actuator: number;
        /**
         * What the actuator does.
         */
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
        /**
         * When it happens.
         */
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
        /**
         * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
         */
        skippedTime?: 'skip' | 'shift';
        /**
         * Which of the two counts when the clock is set back and shows a local time twice.
         */
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
        /**
         * A run that cannot start within this is cancelled; an hour when absent.
         */
        latestStartMs?: number;
        key?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/schedules';
};

export type CreateScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateScheduleError = CreateScheduleErrors[keyof CreateScheduleErrors];

export type CreateScheduleResponses = {
    /**
     * Done.
     */
    201: Schedule;
};

export type CreateScheduleResponse = CreateScheduleResponses[keyof CreateScheduleResponses];

export type DeleteScheduleData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/schedules/{id}';
};

export type DeleteScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteScheduleError = DeleteScheduleErrors[keyof DeleteScheduleErrors];

export type DeleteScheduleResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteScheduleResponse = DeleteScheduleResponses[keyof DeleteScheduleResponses];

export type GetScheduleData = {
    body?: never;
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/schedules/{id}';
};

export type GetScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetScheduleError = GetScheduleErrors[keyof GetScheduleErrors];

export type GetScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type GetScheduleResponse = GetScheduleResponses[keyof GetScheduleResponses];

export type UpdateScheduleData = {
    body: {
        name?: string;
        actuator?: number;
        /**
         * What the actuator does.
         */
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
        /**
         * When it happens.
         */
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
        /**
         * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
         */
        skippedTime?: 'skip' | 'shift';
        /**
         * Which of the two counts when the clock is set back and shows a local time twice.
         */
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
        /**
         * A run that cannot start within this is cancelled; an hour when absent.
         */
        latestStartMs?: number;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/schedules/{id}';
};

export type UpdateScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateScheduleError = UpdateScheduleErrors[keyof UpdateScheduleErrors];

export type UpdateScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type UpdateScheduleResponse = UpdateScheduleResponses[keyof UpdateScheduleResponses];

export type GetScheduleOccurrencesData = {
    body?: never;
    path: {
        id: number;
    };
    query?: {
        /**
         * That happen.
         */
        count?: number;
    };
    url: '/api/v1/schedules/{id}/occurrences';
};

export type GetScheduleOccurrencesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetScheduleOccurrencesError = GetScheduleOccurrencesErrors[keyof GetScheduleOccurrencesErrors];

export type GetScheduleOccurrencesResponses = {
    /**
     * Done.
     */
    200: Occurrence;
};

export type GetScheduleOccurrencesResponse = GetScheduleOccurrencesResponses[keyof GetScheduleOccurrencesResponses];

export type ListScheduleRunsData = {
    body?: never;
    path: {
        id: number;
    };
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        state?: 'opened' | 'missed' | 'skipped';
    };
    url: '/api/v1/schedules/{id}/runs';
};

export type ListScheduleRunsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListScheduleRunsError = ListScheduleRunsErrors[keyof ListScheduleRunsErrors];

export type ListScheduleRunsResponses = {
    /**
     * Done.
     */
    200: Array<ScheduleRun>;
};

export type ListScheduleRunsResponse = ListScheduleRunsResponses[keyof ListScheduleRunsResponses];

export type PreviewSchedulesData = {
    body: {
        timeZone?: string | null;
        /**
         * When it happens.
         */
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
        /**
         * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
         */
        skippedTime?: 'skip' | 'shift';
        /**
         * Which of the two counts when the clock is set back and shows a local time twice.
         */
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        actuator?: number;
        /**
         * That happen.
         */
        count?: number;
    };
    path?: never;
    query?: never;
    url: '/api/v1/schedules/preview';
};

export type PreviewSchedulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PreviewSchedulesError = PreviewSchedulesErrors[keyof PreviewSchedulesErrors];

export type PreviewSchedulesResponses = {
    /**
     * Done.
     */
    200: Occurrence;
};

export type PreviewSchedulesResponse = PreviewSchedulesResponses[keyof PreviewSchedulesResponses];

export type PauseScheduleData = {
    body: {
        until?: string;
        reason?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/schedules/{id}/pause';
};

export type PauseScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PauseScheduleError = PauseScheduleErrors[keyof PauseScheduleErrors];

export type PauseScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type PauseScheduleResponse = PauseScheduleResponses[keyof PauseScheduleResponses];

export type ResumeScheduleData = {
    body: {
        [key: string]: never;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/schedules/{id}/resume';
};

export type ResumeScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ResumeScheduleError = ResumeScheduleErrors[keyof ResumeScheduleErrors];

export type ResumeScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type ResumeScheduleResponse = ResumeScheduleResponses[keyof ResumeScheduleResponses];

export type ListAutomationSchedulesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        actuator?: number;
        /**
         * Unique within the organization.
         */
        device?: string;
        /**
         * Part of the name, in any case.
         */
        search?: string;
    };
    url: '/api/v1/automation/schedules';
};

export type ListAutomationSchedulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAutomationSchedulesError = ListAutomationSchedulesErrors[keyof ListAutomationSchedulesErrors];

export type ListAutomationSchedulesResponses = {
    /**
     * Done.
     */
    200: Array<Schedule>;
};

export type ListAutomationSchedulesResponse = ListAutomationSchedulesResponses[keyof ListAutomationSchedulesResponses];

export type CreateAutomationScheduleData = {
    body: {
        name: string;
        actuator: number;
        /**
         * What the actuator does.
         */
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
        /**
         * When it happens.
         */
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
        /**
         * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
         */
        skippedTime?: 'skip' | 'shift';
        /**
         * Which of the two counts when the clock is set back and shows a local time twice.
         */
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
        /**
         * A run that cannot start within this is cancelled; an hour when absent.
         */
        latestStartMs?: number;
        key?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/automation/schedules';
};

export type CreateAutomationScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateAutomationScheduleError = CreateAutomationScheduleErrors[keyof CreateAutomationScheduleErrors];

export type CreateAutomationScheduleResponses = {
    /**
     * Done.
     */
    201: Schedule;
};

export type CreateAutomationScheduleResponse = CreateAutomationScheduleResponses[keyof CreateAutomationScheduleResponses];

export type DeleteAutomationScheduleData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/schedules/{id}';
};

export type DeleteAutomationScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteAutomationScheduleError = DeleteAutomationScheduleErrors[keyof DeleteAutomationScheduleErrors];

export type DeleteAutomationScheduleResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteAutomationScheduleResponse = DeleteAutomationScheduleResponses[keyof DeleteAutomationScheduleResponses];

export type GetAutomationScheduleData = {
    body?: never;
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/schedules/{id}';
};

export type GetAutomationScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAutomationScheduleError = GetAutomationScheduleErrors[keyof GetAutomationScheduleErrors];

export type GetAutomationScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type GetAutomationScheduleResponse = GetAutomationScheduleResponses[keyof GetAutomationScheduleResponses];

export type UpdateAutomationScheduleData = {
    body: {
        name?: string;
        actuator?: number;
        /**
         * What the actuator does.
         */
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
        /**
         * When it happens.
         */
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
        /**
         * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
         */
        skippedTime?: 'skip' | 'shift';
        /**
         * Which of the two counts when the clock is set back and shows a local time twice.
         */
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
        /**
         * A run that cannot start within this is cancelled; an hour when absent.
         */
        latestStartMs?: number;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/schedules/{id}';
};

export type UpdateAutomationScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateAutomationScheduleError = UpdateAutomationScheduleErrors[keyof UpdateAutomationScheduleErrors];

export type UpdateAutomationScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type UpdateAutomationScheduleResponse = UpdateAutomationScheduleResponses[keyof UpdateAutomationScheduleResponses];

export type GetAutomationScheduleOccurrencesData = {
    body?: never;
    path: {
        id: number;
    };
    query?: {
        /**
         * That happen.
         */
        count?: number;
    };
    url: '/api/v1/automation/schedules/{id}/occurrences';
};

export type GetAutomationScheduleOccurrencesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAutomationScheduleOccurrencesError = GetAutomationScheduleOccurrencesErrors[keyof GetAutomationScheduleOccurrencesErrors];

export type GetAutomationScheduleOccurrencesResponses = {
    /**
     * Done.
     */
    200: Occurrence;
};

export type GetAutomationScheduleOccurrencesResponse = GetAutomationScheduleOccurrencesResponses[keyof GetAutomationScheduleOccurrencesResponses];

export type ListAutomationScheduleRunsData = {
    body?: never;
    path: {
        id: number;
    };
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        state?: 'opened' | 'missed' | 'skipped';
    };
    url: '/api/v1/automation/schedules/{id}/runs';
};

export type ListAutomationScheduleRunsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAutomationScheduleRunsError = ListAutomationScheduleRunsErrors[keyof ListAutomationScheduleRunsErrors];

export type ListAutomationScheduleRunsResponses = {
    /**
     * Done.
     */
    200: Array<ScheduleRun>;
};

export type ListAutomationScheduleRunsResponse = ListAutomationScheduleRunsResponses[keyof ListAutomationScheduleRunsResponses];

export type PreviewAutomationSchedulesData = {
    body: {
        timeZone?: string | null;
        /**
         * When it happens.
         */
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
        /**
         * What becomes of a local time that the clock is set forward over: nothing, or as much later as it jumps.
         */
        skippedTime?: 'skip' | 'shift';
        /**
         * Which of the two counts when the clock is set back and shows a local time twice.
         */
        repeatedTime?: 'first' | 'second' | 'both';
        from?: string | null;
        until?: string | null;
        actuator?: number;
        /**
         * That happen.
         */
        count?: number;
    };
    path?: never;
    query?: never;
    url: '/api/v1/automation/schedules/preview';
};

export type PreviewAutomationSchedulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PreviewAutomationSchedulesError = PreviewAutomationSchedulesErrors[keyof PreviewAutomationSchedulesErrors];

export type PreviewAutomationSchedulesResponses = {
    /**
     * Done.
     */
    200: Occurrence;
};

export type PreviewAutomationSchedulesResponse = PreviewAutomationSchedulesResponses[keyof PreviewAutomationSchedulesResponses];

export type PauseAutomationScheduleData = {
    body: {
        until?: string;
        reason?: string;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/schedules/{id}/pause';
};

export type PauseAutomationScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type PauseAutomationScheduleError = PauseAutomationScheduleErrors[keyof PauseAutomationScheduleErrors];

export type PauseAutomationScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type PauseAutomationScheduleResponse = PauseAutomationScheduleResponses[keyof PauseAutomationScheduleResponses];

export type ResumeAutomationScheduleData = {
    body: {
        [key: string]: never;
    };
    path: {
        id: number;
    };
    query?: never;
    url: '/api/v1/automation/schedules/{id}/resume';
};

export type ResumeAutomationScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ResumeAutomationScheduleError = ResumeAutomationScheduleErrors[keyof ResumeAutomationScheduleErrors];

export type ResumeAutomationScheduleResponses = {
    /**
     * Done.
     */
    200: Schedule;
};

export type ResumeAutomationScheduleResponse = ResumeAutomationScheduleResponses[keyof ResumeAutomationScheduleResponses];

export type ListAlertsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        state?: 'pending' | 'firing' | 'resolved';
        severity?: 'info' | 'warning' | 'major' | 'critical';
        /**
         * Only those that are open, or only those that are closed.
         */
        open?: boolean;
        site?: string;
        /**
         * Of the site.
         */
        region?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        rule?: number;
        /**
         * Opened then or later: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Opened before.
         */
        to?: string;
    };
    url: '/api/v1/alerts';
};

export type ListAlertsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAlertsError = ListAlertsErrors[keyof ListAlertsErrors];

export type ListAlertsResponses = {
    /**
     * Done.
     */
    200: Array<Alert>;
};

export type ListAlertsResponse = ListAlertsResponses[keyof ListAlertsResponses];

export type ListOpenAlertsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        state?: 'pending' | 'firing' | 'resolved';
        severity?: 'info' | 'warning' | 'major' | 'critical';
        /**
         * Only those that are open, or only those that are closed.
         */
        open?: boolean;
        site?: string;
        /**
         * Of the site.
         */
        region?: string;
        /**
         * Unique within the organization.
         */
        device?: string;
        rule?: number;
        /**
         * Opened then or later: RFC 3339 or epoch milliseconds.
         */
        from?: string;
        /**
         * Opened before.
         */
        to?: string;
    };
    url: '/api/alerts';
};

export type ListOpenAlertsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListOpenAlertsError = ListOpenAlertsErrors[keyof ListOpenAlertsErrors];

export type ListOpenAlertsResponses = {
    /**
     * Done.
     */
    200: Array<Alert>;
};

export type ListOpenAlertsResponse = ListOpenAlertsResponses[keyof ListOpenAlertsResponses];

export type GetAlertData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}';
};

export type GetAlertErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAlertError = GetAlertErrors[keyof GetAlertErrors];

export type GetAlertResponses = {
    /**
     * Done.
     */
    200: Alert;
};

export type GetAlertResponse = GetAlertResponses[keyof GetAlertResponses];

export type ListAlertEventsData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}/events';
};

export type ListAlertEventsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListAlertEventsError = ListAlertEventsErrors[keyof ListAlertEventsErrors];

export type ListAlertEventsResponses = {
    /**
     * Done.
     */
    200: Array<AlertEvent>;
};

export type ListAlertEventsResponse = ListAlertEventsResponses[keyof ListAlertEventsResponses];

export type AcknowledgeAlertData = {
    body: {
        comment?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}/acknowledge';
};

export type AcknowledgeAlertErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type AcknowledgeAlertError = AcknowledgeAlertErrors[keyof AcknowledgeAlertErrors];

export type AcknowledgeAlertResponses = {
    /**
     * Done.
     */
    200: Alert;
};

export type AcknowledgeAlertResponse = AcknowledgeAlertResponses[keyof AcknowledgeAlertResponses];

export type ClearAlertData = {
    body: {
        comment?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}/clear';
};

export type ClearAlertErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ClearAlertError = ClearAlertErrors[keyof ClearAlertErrors];

export type ClearAlertResponses = {
    /**
     * Done.
     */
    200: Alert;
};

export type ClearAlertResponse = ClearAlertResponses[keyof ClearAlertResponses];

export type UnshelveAlertData = {
    body: {
        comment?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}/unshelve';
};

export type UnshelveAlertErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UnshelveAlertError = UnshelveAlertErrors[keyof UnshelveAlertErrors];

export type UnshelveAlertResponses = {
    /**
     * Done.
     */
    200: Alert;
};

export type UnshelveAlertResponse = UnshelveAlertResponses[keyof UnshelveAlertResponses];

export type ShelveAlertData = {
    body: {
        until?: string;
        /**
         * Instead of `until`: so long from now.
         */
        forMs?: number;
        reason: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}/shelve';
};

export type ShelveAlertErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ShelveAlertError = ShelveAlertErrors[keyof ShelveAlertErrors];

export type ShelveAlertResponses = {
    /**
     * Done.
     */
    200: Alert;
};

export type ShelveAlertResponse = ShelveAlertResponses[keyof ShelveAlertResponses];

export type CommentOnAlertData = {
    body: {
        comment: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/alerts/{id}/comments';
};

export type CommentOnAlertErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CommentOnAlertError = CommentOnAlertErrors[keyof CommentOnAlertErrors];

export type CommentOnAlertResponses = {
    /**
     * Done.
     */
    201: Alert;
};

export type CommentOnAlertResponse = CommentOnAlertResponses[keyof CommentOnAlertResponses];

export type AcknowledgeAlertsData = {
    body: {
        ids: Array<string>;
        comment?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/alerts/acknowledge';
};

export type AcknowledgeAlertsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type AcknowledgeAlertsError = AcknowledgeAlertsErrors[keyof AcknowledgeAlertsErrors];

export type AcknowledgeAlertsResponses = {
    /**
     * Done.
     */
    200: Array<{
        id: string;
        acknowledged: boolean;
        code: string | null;
        message: string | null;
    }>;
};

export type AcknowledgeAlertsResponse = AcknowledgeAlertsResponses[keyof AcknowledgeAlertsResponses];

export type ListChannelsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/channels';
};

export type ListChannelsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListChannelsError = ListChannelsErrors[keyof ListChannelsErrors];

export type ListChannelsResponses = {
    /**
     * Done.
     */
    200: Array<Channel>;
};

export type ListChannelsResponse = ListChannelsResponses[keyof ListChannelsResponses];

export type CreateChannelData = {
    body: {
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
        /**
         * "whsec_" and base64; made when absent. Of a webhook.
         */
        secret?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/channels';
};

export type CreateChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateChannelError = CreateChannelErrors[keyof CreateChannelErrors];

export type CreateChannelResponses = {
    /**
     * Done.
     */
    201: {
        id: number;
        kind: 'webhook' | 'email' | 'sms';
        name: string;
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
        limits: {
            sendsPerMinute: number;
            /**
             * Messages that may follow each other at once.
             */
            burst: number;
        };
        isEnabled: boolean;
        disabledReason: string | null;
        /**
         * Down: it failed three times in a row; messages wait, and one at a time probes.
         */
        state: 'up' | 'down' | 'disabled';
        pausedUntil: string | null;
        createdAt: string;
        /**
         * Signs the messages (Standard Webhooks). It is in this answer and never shown again.
         */
        secret?: string;
    };
};

export type CreateChannelResponse = CreateChannelResponses[keyof CreateChannelResponses];

export type DeleteChannelData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}';
};

export type DeleteChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteChannelError = DeleteChannelErrors[keyof DeleteChannelErrors];

export type DeleteChannelResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteChannelResponse = DeleteChannelResponses[keyof DeleteChannelResponses];

export type GetChannelData = {
    body?: never;
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}';
};

export type GetChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetChannelError = GetChannelErrors[keyof GetChannelErrors];

export type GetChannelResponses = {
    /**
     * Done.
     */
    200: Channel;
};

export type GetChannelResponse = GetChannelResponses[keyof GetChannelResponses];

export type UpdateChannelData = {
    body: {
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
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}';
};

export type UpdateChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateChannelError = UpdateChannelErrors[keyof UpdateChannelErrors];

export type UpdateChannelResponses = {
    /**
     * Done.
     */
    200: Channel;
};

export type UpdateChannelResponse = UpdateChannelResponses[keyof UpdateChannelResponses];

export type TestChannelData = {
    body?: never;
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}/test';
};

export type TestChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type TestChannelError = TestChannelErrors[keyof TestChannelErrors];

export type TestChannelResponses = {
    /**
     * Done.
     */
    200: {
        outcome: 'sent' | 'failed' | 'limited' | 'refused' | 'gone' | 'interrupted';
        messageId: string;
        httpStatus: number | null;
        durationMs: number;
        error: string | null;
        note: string | null;
    };
};

export type TestChannelResponse = TestChannelResponses[keyof TestChannelResponses];

export type RotateChannelSecretData = {
    body?: never;
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}/rotate-secret';
};

export type RotateChannelSecretErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type RotateChannelSecretError = RotateChannelSecretErrors[keyof RotateChannelSecretErrors];

export type RotateChannelSecretResponses = {
    /**
     * Done.
     */
    200: {
        id: number;
        kind: 'webhook' | 'email' | 'sms';
        name: string;
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
        limits: {
            sendsPerMinute: number;
            /**
             * Messages that may follow each other at once.
             */
            burst: number;
        };
        isEnabled: boolean;
        disabledReason: string | null;
        /**
         * Down: it failed three times in a row; messages wait, and one at a time probes.
         */
        state: 'up' | 'down' | 'disabled';
        pausedUntil: string | null;
        createdAt: string;
        /**
         * Signs the messages (Standard Webhooks). It is in this answer and never shown again.
         */
        secret: string;
    };
};

export type RotateChannelSecretResponse = RotateChannelSecretResponses[keyof RotateChannelSecretResponses];

export type EnableChannelData = {
    body?: never;
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}/enable';
};

export type EnableChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type EnableChannelError = EnableChannelErrors[keyof EnableChannelErrors];

export type EnableChannelResponses = {
    /**
     * Done.
     */
    200: Channel;
};

export type EnableChannelResponse = EnableChannelResponses[keyof EnableChannelResponses];

export type DisableChannelData = {
    body?: never;
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}/disable';
};

export type DisableChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DisableChannelError = DisableChannelErrors[keyof DisableChannelErrors];

export type DisableChannelResponses = {
    /**
     * Done.
     */
    200: Channel;
};

export type DisableChannelResponse = DisableChannelResponses[keyof DisableChannelResponses];

export type ReplayChannelData = {
    body?: never;
    path: {
        channel: number;
    };
    query?: never;
    url: '/api/v1/channels/{channel}/replay';
};

export type ReplayChannelErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ReplayChannelError = ReplayChannelErrors[keyof ReplayChannelErrors];

export type ReplayChannelResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * At most 1,000 a call, the oldest first.
         */
        replayed: number;
    };
};

export type ReplayChannelResponse = ReplayChannelResponses[keyof ReplayChannelResponses];

export type ListNotificationRoutesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
    };
    url: '/api/v1/notification-routes';
};

export type ListNotificationRoutesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListNotificationRoutesError = ListNotificationRoutesErrors[keyof ListNotificationRoutesErrors];

export type ListNotificationRoutesResponses = {
    /**
     * Done.
     */
    200: Array<NotificationRoute>;
};

export type ListNotificationRoutesResponse = ListNotificationRoutesResponses[keyof ListNotificationRoutesResponses];

export type CreateNotificationRouteData = {
    body: {
        /**
         * Lower ones are tried first.
         */
        position?: number;
        isEnabled?: boolean;
        match?: {
            minSeverity?: 'info' | 'warning' | 'major' | 'critical';
            sites?: Array<number> | null;
            rules?: Array<number> | null;
            events?: Array<'fired' | 'resolved' | 'acknowledged' | 'cleared' | 're-alarmed' | 'unshelved' | 'escalated'>;
        };
        channels: Array<number>;
        /**
         * Whom to tell if nobody has acknowledged by then. A channel occurs once in a route.
         */
        escalation?: Array<{
            afterMinutes: number;
            channels: Array<number>;
        }>;
        /**
         * What this route takes is offered to the routes after it as well.
         */
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
        /**
         * What is told as one digest when it has to wait.
         */
        groupBy?: 'site' | 'rule' | 'alert' | 'all';
        /**
         * How long what is not critical waits for more of its group.
         */
        groupWindowMs?: number;
        /**
         * Texts with {title}, {message}, {severity}, {event}, {alert}, {site}, {rule}, {device}, {time} and {data.…}, of which a number may have decimals: {data.value:1}. A brace itself is written twice.
         */
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
    };
    path?: never;
    query?: never;
    url: '/api/v1/notification-routes';
};

export type CreateNotificationRouteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateNotificationRouteError = CreateNotificationRouteErrors[keyof CreateNotificationRouteErrors];

export type CreateNotificationRouteResponses = {
    /**
     * Done.
     */
    201: NotificationRoute;
};

export type CreateNotificationRouteResponse = CreateNotificationRouteResponses[keyof CreateNotificationRouteResponses];

export type DeleteNotificationRouteData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        route: number;
    };
    query?: never;
    url: '/api/v1/notification-routes/{route}';
};

export type DeleteNotificationRouteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteNotificationRouteError = DeleteNotificationRouteErrors[keyof DeleteNotificationRouteErrors];

export type DeleteNotificationRouteResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteNotificationRouteResponse = DeleteNotificationRouteResponses[keyof DeleteNotificationRouteResponses];

export type GetNotificationRouteData = {
    body?: never;
    path: {
        route: number;
    };
    query?: never;
    url: '/api/v1/notification-routes/{route}';
};

export type GetNotificationRouteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetNotificationRouteError = GetNotificationRouteErrors[keyof GetNotificationRouteErrors];

export type GetNotificationRouteResponses = {
    /**
     * Done.
     */
    200: NotificationRoute;
};

export type GetNotificationRouteResponse = GetNotificationRouteResponses[keyof GetNotificationRouteResponses];

export type UpdateNotificationRouteData = {
    body: {
        /**
         * Lower ones are tried first.
         */
        position?: number;
        isEnabled?: boolean;
        match?: {
            minSeverity?: 'info' | 'warning' | 'major' | 'critical';
            sites?: Array<number> | null;
            rules?: Array<number> | null;
            events?: Array<'fired' | 'resolved' | 'acknowledged' | 'cleared' | 're-alarmed' | 'unshelved' | 'escalated'>;
        };
        channels?: Array<number>;
        /**
         * Whom to tell if nobody has acknowledged by then. A channel occurs once in a route.
         */
        escalation?: Array<{
            afterMinutes: number;
            channels: Array<number>;
        }>;
        /**
         * What this route takes is offered to the routes after it as well.
         */
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
        /**
         * What is told as one digest when it has to wait.
         */
        groupBy?: 'site' | 'rule' | 'alert' | 'all';
        /**
         * How long what is not critical waits for more of its group.
         */
        groupWindowMs?: number;
        /**
         * Texts with {title}, {message}, {severity}, {event}, {alert}, {site}, {rule}, {device}, {time} and {data.…}, of which a number may have decimals: {data.value:1}. A brace itself is written twice.
         */
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
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        route: number;
    };
    query?: never;
    url: '/api/v1/notification-routes/{route}';
};

export type UpdateNotificationRouteErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateNotificationRouteError = UpdateNotificationRouteErrors[keyof UpdateNotificationRouteErrors];

export type UpdateNotificationRouteResponses = {
    /**
     * Done.
     */
    200: NotificationRoute;
};

export type UpdateNotificationRouteResponse = UpdateNotificationRouteResponses[keyof UpdateNotificationRouteResponses];

export type ListDeliveriesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        state?: 'pending' | 'sending' | 'sent' | 'failed' | 'dead' | 'suppressed';
        channel?: number;
        alert?: string;
    };
    url: '/api/v1/deliveries';
};

export type ListDeliveriesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDeliveriesError = ListDeliveriesErrors[keyof ListDeliveriesErrors];

export type ListDeliveriesResponses = {
    /**
     * Done.
     */
    200: Array<Delivery>;
};

export type ListDeliveriesResponse = ListDeliveriesResponses[keyof ListDeliveriesResponses];

export type GetDeliveryData = {
    body?: never;
    path: {
        delivery: string;
    };
    query?: never;
    url: '/api/v1/deliveries/{delivery}';
};

export type GetDeliveryErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetDeliveryError = GetDeliveryErrors[keyof GetDeliveryErrors];

export type GetDeliveryResponses = {
    /**
     * Done.
     */
    200: Delivery;
};

export type GetDeliveryResponse = GetDeliveryResponses[keyof GetDeliveryResponses];

export type ListDeliveryAttemptsData = {
    body?: never;
    path: {
        delivery: string;
    };
    query?: never;
    url: '/api/v1/deliveries/{delivery}/attempts';
};

export type ListDeliveryAttemptsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListDeliveryAttemptsError = ListDeliveryAttemptsErrors[keyof ListDeliveryAttemptsErrors];

export type ListDeliveryAttemptsResponses = {
    /**
     * Done.
     */
    200: Array<DeliveryAttempt>;
};

export type ListDeliveryAttemptsResponse = ListDeliveryAttemptsResponses[keyof ListDeliveryAttemptsResponses];

export type ReplayDeliveryData = {
    body?: never;
    path: {
        delivery: string;
    };
    query?: never;
    url: '/api/v1/deliveries/{delivery}/replay';
};

export type ReplayDeliveryErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ReplayDeliveryError = ReplayDeliveryErrors[keyof ReplayDeliveryErrors];

export type ReplayDeliveryResponses = {
    /**
     * Done.
     */
    200: Delivery;
};

export type ReplayDeliveryResponse = ReplayDeliveryResponses[keyof ReplayDeliveryResponses];

export type ListReportDefinitionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/report-definitions';
};

export type ListReportDefinitionsErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListReportDefinitionsError = ListReportDefinitionsErrors[keyof ListReportDefinitionsErrors];

export type ListReportDefinitionsResponses = {
    /**
     * Done.
     */
    200: Array<ReportDefinition>;
};

export type ListReportDefinitionsResponse = ListReportDefinitionsResponses[keyof ListReportDefinitionsResponses];

export type ListReportsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        /**
         * Key of a report definition.
         */
        report?: string;
        site?: string;
        state?: 'queued' | 'running' | 'done' | 'failed';
        schedule?: number;
    };
    url: '/api/v1/reports';
};

export type ListReportsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListReportsError = ListReportsErrors[keyof ListReportsErrors];

export type ListReportsResponses = {
    /**
     * Done.
     */
    200: Array<Report>;
};

export type ListReportsResponse = ListReportsResponses[keyof ListReportsResponses];

export type ReportsData = {
    body: {
        /**
         * Key of a report definition.
         */
        report: string;
        /**
         * A site's name or slug.
         */
        location: string;
        /**
         * By the clock of the site: an hour "2026-10-25T02:00+02:00", a day "2026-10-25", a week "2026-W43", a month "2026-10". The newest that is over when absent.
         */
        period?: string;
        /**
         * That of the site when absent.
         */
        language?: 'en' | 'de';
        formats?: Array<'json' | 'csv' | 'pdf'>;
        /**
         * Then it is deleted.
         */
        keepDays?: number;
    };
    path?: never;
    query?: never;
    url: '/api/v1/reports';
};

export type ReportsErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ReportsError = ReportsErrors[keyof ReportsErrors];

export type ReportsResponses = {
    /**
     * Done.
     */
    202: Report;
};

export type ReportsResponse = ReportsResponses[keyof ReportsResponses];

export type DeleteReportData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/reports/{id}';
};

export type DeleteReportErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteReportError = DeleteReportErrors[keyof DeleteReportErrors];

export type DeleteReportResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteReportResponse = DeleteReportResponses[keyof DeleteReportResponses];

export type GetReportData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/reports/{id}';
};

export type GetReportErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetReportError = GetReportErrors[keyof GetReportErrors];

export type GetReportResponses = {
    /**
     * Done.
     */
    200: ReportDetail;
};

export type GetReportResponse = GetReportResponses[keyof GetReportResponses];

export type GetReportContentData = {
    body?: never;
    path: {
        id: string;
    };
    query?: {
        /**
         * Or by `Accept`: application/pdf, text/csv; JSON otherwise.
         */
        format?: 'json' | 'csv' | 'pdf';
    };
    url: '/api/v1/reports/{id}/content';
};

export type GetReportContentErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetReportContentError = GetReportContentErrors[keyof GetReportContentErrors];

export type GetReportContentResponses = {
    /**
     * Done.
     */
    200: ReportContent;
};

export type GetReportContentResponse = GetReportContentResponses[keyof GetReportContentResponses];

export type GetReportsDailyData = {
    body?: never;
    path?: never;
    query: {
        /**
         * A site's name or slug.
         */
        location: string;
        /**
         * A day by the clock of the site, 2026-10-25; yesterday when absent.
         */
        date?: string;
        /**
         * That of the site when absent.
         */
        language?: 'en' | 'de';
        /**
         * Or by `Accept`: application/pdf, text/csv; JSON otherwise.
         */
        format?: 'json' | 'csv' | 'pdf';
    };
    url: '/api/reports/daily';
};

export type GetReportsDailyErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetReportsDailyError = GetReportsDailyErrors[keyof GetReportsDailyErrors];

export type GetReportsDailyResponses = {
    /**
     * Done.
     */
    200: ReportContent;
};

export type GetReportsDailyResponse = GetReportsDailyResponses[keyof GetReportsDailyResponses];

export type ListReportSchedulesData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Items of one page; where there are more, the header `Link` names the next.
         */
        limit?: number;
        /**
         * From the `Link` of the page before.
         */
        cursor?: string;
        site?: string;
    };
    url: '/api/v1/report-schedules';
};

export type ListReportSchedulesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type ListReportSchedulesError = ListReportSchedulesErrors[keyof ListReportSchedulesErrors];

export type ListReportSchedulesResponses = {
    /**
     * Done.
     */
    200: Array<ReportSchedule>;
};

export type ListReportSchedulesResponse = ListReportSchedulesResponses[keyof ListReportSchedulesResponses];

export type CreateReportScheduleData = {
    body: {
        name: string;
        /**
         * Key of a report definition.
         */
        report: string;
        /**
         * A site's name or slug.
         */
        location: string;
        /**
         * By the clock of the site. Each time the newest period that is over is reported, once.
         */
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
        /**
         * E-mail addresses that are sent the PDF. Others than confirmed ones of members need `notifications:write`.
         */
        recipients?: Array<string>;
        /**
         * Then it is deleted.
         */
        keepDays?: number;
        isEnabled?: boolean;
    };
    path?: never;
    query?: never;
    url: '/api/v1/report-schedules';
};

export type CreateReportScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type CreateReportScheduleError = CreateReportScheduleErrors[keyof CreateReportScheduleErrors];

export type CreateReportScheduleResponses = {
    /**
     * Done.
     */
    201: ReportSchedule;
};

export type CreateReportScheduleResponse = CreateReportScheduleResponses[keyof CreateReportScheduleResponses];

export type DeleteReportScheduleData = {
    body?: never;
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        schedule: number;
    };
    query?: never;
    url: '/api/v1/report-schedules/{schedule}';
};

export type DeleteReportScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type DeleteReportScheduleError = DeleteReportScheduleErrors[keyof DeleteReportScheduleErrors];

export type DeleteReportScheduleResponses = {
    /**
     * Done; nothing to tell.
     */
    204: void;
};

export type DeleteReportScheduleResponse = DeleteReportScheduleResponses[keyof DeleteReportScheduleResponses];

export type GetReportScheduleData = {
    body?: never;
    path: {
        schedule: number;
    };
    query?: never;
    url: '/api/v1/report-schedules/{schedule}';
};

export type GetReportScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetReportScheduleError = GetReportScheduleErrors[keyof GetReportScheduleErrors];

export type GetReportScheduleResponses = {
    /**
     * Done.
     */
    200: ReportSchedule;
};

export type GetReportScheduleResponse = GetReportScheduleResponses[keyof GetReportScheduleResponses];

export type UpdateReportScheduleData = {
    body: {
        name?: string;
        /**
         * Key of a report definition.
         */
        report?: string;
        /**
         * By the clock of the site. Each time the newest period that is over is reported, once.
         */
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
        /**
         * E-mail addresses that are sent the PDF. Others than confirmed ones of members need `notifications:write`.
         */
        recipients?: Array<string>;
        /**
         * Then it is deleted.
         */
        keepDays?: number;
        isEnabled?: boolean;
    };
    headers?: {
        /**
         * The `ETag` that was read. If it has been edited since: 412 `request.stale`.
         */
        'if-match'?: string;
    };
    path: {
        schedule: number;
    };
    query?: never;
    url: '/api/v1/report-schedules/{schedule}';
};

export type UpdateReportScheduleErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * There is no such thing in one's own organization.
     */
    404: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type UpdateReportScheduleError = UpdateReportScheduleErrors[keyof UpdateReportScheduleErrors];

export type UpdateReportScheduleResponses = {
    /**
     * Done.
     */
    200: ReportSchedule;
};

export type UpdateReportScheduleResponse = UpdateReportScheduleResponses[keyof UpdateReportScheduleResponses];

export type GetStatusData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/status';
};

export type GetStatusErrors = {
    /**
     * Answered.
     */
    503: {
        status: string;
        db: string;
        workers: string;
        readingsPerSecond?: number;
        [key: string]: unknown;
    };
};

export type GetStatusError = GetStatusErrors[keyof GetStatusErrors];

export type GetStatusResponses = {
    /**
     * Done.
     */
    200: {
        status: string;
        db: string;
        workers: string;
        readingsPerSecond?: number;
        [key: string]: unknown;
    };
};

export type GetStatusResponse = GetStatusResponses[keyof GetStatusResponses];

export type GetLivenessData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/healthz';
};

export type GetLivenessResponses = {
    /**
     * Done.
     */
    200: {
        status: string;
    };
};

export type GetLivenessResponse = GetLivenessResponses[keyof GetLivenessResponses];

export type GetReadinessData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/readyz';
};

export type GetReadinessErrors = {
    /**
     * Answered.
     */
    503: {
        status: string;
    };
};

export type GetReadinessError = GetReadinessErrors[keyof GetReadinessErrors];

export type GetReadinessResponses = {
    /**
     * Done.
     */
    200: {
        status: string;
    };
};

export type GetReadinessResponse = GetReadinessResponses[keyof GetReadinessResponses];

export type GetOverviewData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/overview';
};

export type GetOverviewErrors = {
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetOverviewError = GetOverviewErrors[keyof GetOverviewErrors];

export type GetOverviewResponses = {
    /**
     * Done.
     */
    200: Overview;
};

export type GetOverviewResponse = GetOverviewResponses[keyof GetOverviewResponses];

export type BulkDevicesData = {
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
    path?: never;
    query?: {
        /**
         * What becomes of a device that is registered: properties are merged, the profile stays; to update takes `registry:write`.
         */
        onExisting?: 'skip' | 'update' | 'fail';
    };
    url: '/api/v1/devices/bulk';
};

export type BulkDevicesErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: Problem;
    /**
     * Whoever asks may not do this: `permission` names what is missing.
     */
    403: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type BulkDevicesError = BulkDevicesErrors[keyof BulkDevicesErrors];

export type BulkDevicesResponses = {
    /**
     * All were taken.
     */
    200: BulkOutcome;
    /**
     * Some were not taken.
     */
    207: BulkOutcome;
};

export type BulkDevicesResponse = BulkDevicesResponses[keyof BulkDevicesResponses];

export type GetAuthorizationServerData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/.well-known/oauth-authorization-server';
};

export type GetAuthorizationServerErrors = {
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetAuthorizationServerError = GetAuthorizationServerErrors[keyof GetAuthorizationServerErrors];

export type GetAuthorizationServerResponses = {
    /**
     * Done.
     */
    200: AuthorizationServer;
};

export type GetAuthorizationServerResponse = GetAuthorizationServerResponses[keyof GetAuthorizationServerResponses];

export type GetSigningKeysData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/.well-known/jwks.json';
};

export type GetSigningKeysErrors = {
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetSigningKeysError = GetSigningKeysErrors[keyof GetSigningKeysErrors];

export type GetSigningKeysResponses = {
    /**
     * Done.
     */
    200: KeySet;
};

export type GetSigningKeysResponse = GetSigningKeysResponses[keyof GetSigningKeysResponses];

export type RequestTokenData = {
    body: {
        /**
         * client_credentials, refresh_token or authorization_code.
         */
        grant_type?: string;
        /**
         * Unless it comes by HTTP Basic.
         */
        client_id?: string;
        /**
         * Unless it comes by HTTP Basic.
         */
        client_secret?: string;
        /**
         * client_credentials: names with spaces between them; all that the client has when absent.
         */
        scope?: string;
        /**
         * refresh_token
         */
        refresh_token?: string;
        /**
         * authorization_code
         */
        code?: string;
        /**
         * authorization_code: as it was asked for with.
         */
        redirect_uri?: string;
        /**
         * authorization_code: what the code_challenge is the SHA-256 of.
         */
        code_verifier?: string;
    };
    path?: never;
    query?: never;
    url: '/oauth2/token';
};

export type RequestTokenErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: OAuthError;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: OAuthError;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: OAuthError;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': OAuthError;
};

export type RequestTokenError = RequestTokenErrors[keyof RequestTokenErrors];

export type RequestTokenResponses = {
    /**
     * Done.
     */
    200: OAuthTokens;
};

export type RequestTokenResponse = RequestTokenResponses[keyof RequestTokenResponses];

export type RevokeTokenData = {
    body: {
        /**
         * A refresh token or an access token.
         */
        token?: string;
        /**
         * Not needed.
         */
        token_type_hint?: string;
        /**
         * Not needed.
         */
        client_id?: string;
        /**
         * Not needed.
         */
        client_secret?: string;
    };
    path?: never;
    query?: never;
    url: '/oauth2/revoke';
};

export type RevokeTokenErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: OAuthError;
    /**
     * Without a token, or with one that is not, or not any more, valid.
     */
    401: OAuthError;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: OAuthError;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': OAuthError;
};

export type RevokeTokenError = RevokeTokenErrors[keyof RevokeTokenErrors];

export type RevokeTokenResponses = {
    /**
     * Done, or nothing to do.
     */
    200: unknown;
};

export type GetSignOnSettingsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/auth/oidc';
};

export type GetSignOnSettingsErrors = {
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type GetSignOnSettingsError = GetSignOnSettingsErrors[keyof GetSignOnSettingsErrors];

export type GetSignOnSettingsResponses = {
    /**
     * Done.
     */
    200: {
        enabled: boolean;
    };
};

export type GetSignOnSettingsResponse = GetSignOnSettingsResponses[keyof GetSignOnSettingsResponses];

export type FinishSignOnData = {
    body: {
        code: string;
    };
    path?: never;
    query?: never;
    url: '/api/auth/oidc/token';
};

export type FinishSignOnErrors = {
    /**
     * The request is not valid: `errors` names what.
     */
    400: Problem;
    /**
     * Too much in too short a time: `Retry-After` says when to come again.
     */
    429: Problem;
    /**
     * A problem document (RFC 9457).
     */
    '4XX': Problem;
    /**
     * A problem document (RFC 9457).
     */
    '5XX': Problem;
};

export type FinishSignOnError = FinishSignOnErrors[keyof FinishSignOnErrors];

export type FinishSignOnResponses = {
    /**
     * Done.
     */
    200: TokenPair;
};

export type FinishSignOnResponse = FinishSignOnResponses[keyof FinishSignOnResponses];

export type PingAsInfluxData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/ping';
};

export type PingAsInfluxErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': {
        [key: string]: unknown;
    };
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': {
        [key: string]: unknown;
    };
};

export type PingAsInfluxError = PingAsInfluxErrors[keyof PingAsInfluxErrors];

export type PingAsInfluxResponses = {
    /**
     * It is there.
     */
    204: void;
};

export type PingAsInfluxResponse = PingAsInfluxResponses[keyof PingAsInfluxResponses];

export type GetHealthAsInfluxData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/health';
};

export type GetHealthAsInfluxErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': {
        [key: string]: unknown;
    };
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': {
        [key: string]: unknown;
    };
};

export type GetHealthAsInfluxError = GetHealthAsInfluxErrors[keyof GetHealthAsInfluxErrors];

export type GetHealthAsInfluxResponses = {
    /**
     * InfluxDB's answer.
     */
    200: unknown;
};

export type WriteLinesData = {
    body: string;
    path?: never;
    query?: never;
    url: '/api/v2/write';
};

export type WriteLinesErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': {
        [key: string]: unknown;
    };
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': {
        [key: string]: unknown;
    };
};

export type WriteLinesError = WriteLinesErrors[keyof WriteLinesErrors];

export type WriteLinesResponses = {
    /**
     * All is stored.
     */
    204: void;
};

export type WriteLinesResponse = WriteLinesResponses[keyof WriteLinesResponses];

export type WriteLinesAtRootData = {
    body: string;
    path?: never;
    query?: never;
    url: '/write';
};

export type WriteLinesAtRootErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': {
        [key: string]: unknown;
    };
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': {
        [key: string]: unknown;
    };
};

export type WriteLinesAtRootError = WriteLinesAtRootErrors[keyof WriteLinesAtRootErrors];

export type WriteLinesAtRootResponses = {
    /**
     * All is stored.
     */
    204: void;
};

export type WriteLinesAtRootResponse = WriteLinesAtRootResponses[keyof WriteLinesAtRootResponses];

export type QueryAsInfluxData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/query';
};

export type QueryAsInfluxErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': {
        [key: string]: unknown;
    };
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': {
        [key: string]: unknown;
    };
};

export type QueryAsInfluxError = QueryAsInfluxErrors[keyof QueryAsInfluxErrors];

export type QueryAsInfluxResponses = {
    /**
     * InfluxDB's answer.
     */
    200: unknown;
};

export type PostQueryAsInfluxData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/query';
};

export type PostQueryAsInfluxErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': {
        [key: string]: unknown;
    };
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': {
        [key: string]: unknown;
    };
};

export type PostQueryAsInfluxError = PostQueryAsInfluxErrors[keyof PostQueryAsInfluxErrors];

export type PostQueryAsInfluxResponses = {
    /**
     * InfluxDB's answer.
     */
    200: unknown;
};

export type SendSensorDataData = {
    /**
     * One, or an array.
     */
    body: unknown;
    path?: never;
    query?: never;
    url: '/api/sensors/data';
};

export type SendSensorDataErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendSensorDataError = SendSensorDataErrors[keyof SendSensorDataErrors];

export type SendSensorDataResponses = {
    /**
     * All is stored.
     */
    200: unknown;
    /**
     * Some is stored; `errors` names what is not, item by item.
     */
    207: unknown;
};

export type SendReadingsInBulkData = {
    /**
     * One, an array, or `readings`; as NDJSON one a line.
     */
    body: unknown;
    path?: never;
    query?: never;
    url: '/api/readings/bulk';
};

export type SendReadingsInBulkErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendReadingsInBulkError = SendReadingsInBulkErrors[keyof SendReadingsInBulkErrors];

export type SendReadingsInBulkResponses = {
    /**
     * All is stored.
     */
    201: unknown;
    /**
     * Some is stored; `errors` names what is not, item by item.
     */
    207: unknown;
};

export type SendReadingsInBulkAtRootData = {
    /**
     * One, an array, or `readings`; as NDJSON one a line.
     */
    body: unknown;
    path?: never;
    query?: never;
    url: '/readings/bulk';
};

export type SendReadingsInBulkAtRootErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendReadingsInBulkAtRootError = SendReadingsInBulkAtRootErrors[keyof SendReadingsInBulkAtRootErrors];

export type SendReadingsInBulkAtRootResponses = {
    /**
     * All is stored.
     */
    201: unknown;
    /**
     * Some is stored; `errors` names what is not, item by item.
     */
    207: unknown;
};

export type SendTelemetryData = {
    /**
     * Values, `ts` and `values`, or an array.
     */
    body: unknown;
    path: {
        token: string;
    };
    query?: never;
    url: '/api/v1/{token}/telemetry';
};

export type SendTelemetryErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendTelemetryError = SendTelemetryErrors[keyof SendTelemetryErrors];

export type SendTelemetryResponses = {
    /**
     * All is stored.
     */
    200: unknown;
    /**
     * Some is stored; `errors` names what is not, item by item.
     */
    207: unknown;
};

export type SendAttributesData = {
    /**
     * What a device says of itself.
     */
    body: unknown;
    path: {
        token: string;
    };
    query?: never;
    url: '/api/v1/{token}/attributes';
};

export type SendAttributesErrors = {
    /**
     * Refused: a problem document says why.
     */
    '4XX': Problem;
    /**
     * It cannot be done now: a problem document says what to wait for.
     */
    '5XX': Problem;
};

export type SendAttributesError = SendAttributesErrors[keyof SendAttributesErrors];

export type SendAttributesResponses = {
    /**
     * Stored.
     */
    200: unknown;
};
